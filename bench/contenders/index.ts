import { bareFastify, bareHttp } from './bare.js'
import type { Contender } from './contender.js'
import { mockoon } from './mockoon.js'
import { mountebank } from './mountebank.js'
import { prism } from './prism.js'
import { sessionMock } from './session-mock.js'
import { wireMock, wireMockWithoutJournal } from './wiremock.js'

/** What session-mock is measured beside. */
export const references: readonly Contender[] = [bareHttp, bareFastify]

export const peers: readonly Contender[] = [wireMock, wireMockWithoutJournal, mockoon, prism, mountebank]

export { bareFastify, bareHttp, sessionMock, wireMockWithoutJournal }
