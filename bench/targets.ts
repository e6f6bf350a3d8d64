import { bareFastify, bareHttp, wireMockWithoutJournal } from './contenders/index.js'
import type { Measured } from './load/load.js'
import { matrixTargets } from './matrix/targets.js'
import { fastify } from './measure/first-test.js'
import { empty } from './measure/grown.js'
import { imageMajor, runningNode } from './nodes.js'
import { median } from './numbers.js'
import { beside, bytesEach } from './ratios.js'
import type { Results } from './results.js'
import { carriers } from './session.js'

export interface Target {
  readonly part: Part
  readonly name: string
  readonly bound: 'at least' | 'at most'
  readonly limit: number
  /** Beyond this, the noise of a busy machine does not explain it. */
  readonly lost: number
  /** What follows the number, such as ` ms`. */
  readonly unit: string
  /** What was measured; undefined where it was not. */
  readonly of: (results: Results) => number | undefined
  /** Whether the short run measures it too. */
  readonly quick?: true
}

export const parts = [
  'ready',
  'matrix',
  'throughput',
  'flow',
  'rules',
  'spaces',
  'sessions',
  'memory',
  'library',
  'stop',
  'grill'
] as const
export type Part = (typeof parts)[number]

export const targets: readonly Target[] = [
  {
    part: 'ready',
    name: `first response, Node.js ${imageMajor}, as in the image`,
    bound: 'at most',
    limit: 1.6,
    lost: 4.5,
    unit: ' × node:http',
    of: ({ ready }) => beside(ready.find(({ asTheImage }) => asTheImage)?.rows, bareHttp.name)
  },
  {
    part: 'ready',
    name: `first response, Node.js ${runningNode.major}`,
    bound: 'at most',
    limit: 2,
    lost: 5,
    unit: ' × node:http',
    of: ({ ready }) => beside(ready.find(({ asTheImage }) => !asTheImage)?.rows, bareHttp.name),
    quick: true
  },
  ...matrixTargets,
  {
    part: 'throughput',
    name: 'throughput, 32 connections',
    bound: 'at least',
    limit: 0.8,
    lost: 0.15,
    unit: ' × bare Fastify',
    of: results => beside(at32(results), bareFastify.name, perSecond),
    quick: true
  },
  {
    part: 'throughput',
    name: 'throughput, 32 connections, compared with WireMock without its journal',
    bound: 'at least',
    limit: 5,
    lost: 0.3,
    unit: ' × WireMock',
    of: results => beside(at32(results), wireMockWithoutJournal.name, perSecond)
  },
  {
    part: 'throughput',
    name: 'p99, 32 connections',
    bound: 'at most',
    limit: 2,
    lost: 15,
    unit: ' × bare Fastify',
    of: results => beside(at32(results), bareFastify.name, ({ p99 }) => p99),
    quick: true
  },
  ...carriers.flatMap(({ name: carrier }): readonly Target[] => [
    { ...grown('300 rules', carrier), part: 'rules', quick: true },
    { ...grown('1,000 spaces', carrier), part: 'spaces' },
    {
      ...grown('open sessions', carrier),
      part: 'sessions',
      name: `throughput with a million open sessions, ${carrier}`
    }
  ]),
  {
    part: 'memory',
    name: 'memory when idle',
    bound: 'at most',
    limit: 1.3,
    lost: 2.6,
    unit: ' × bare Fastify',
    of: ({ idle }) => beside(idle, bareFastify.name),
    quick: true
  },
  {
    part: 'memory',
    name: 'a million open sessions',
    bound: 'at most',
    limit: 500,
    lost: 1000,
    unit: ' bytes each',
    of: ({ sessionMemory }) => sessionMemory && bytesEach(sessionMemory)
  },
  {
    part: 'memory',
    name: 'heap after a million requests, the journal full',
    bound: 'at most',
    limit: 1.1,
    lost: 2.2,
    unit: ' × after 100,000',
    of: ({ journalMemory }) => journalMemory && journalMemory.to.memory.heapUsed / journalMemory.from.memory.heapUsed
  },
  {
    part: 'memory',
    name: 'a row of the journal, of a repeated call',
    bound: 'at most',
    limit: 400,
    lost: 1200,
    unit: ' bytes',
    of: ({ journalRows }) => journalRows?.repeated
  },
  {
    part: 'memory',
    name: 'a row of the journal, of a call with a body of 1 KB',
    bound: 'at most',
    limit: 3000,
    lost: 9000,
    unit: ' bytes',
    of: ({ journalRows }) => journalRows?.withBody
  },
  {
    part: 'library',
    name: 'import and first start()',
    bound: 'at most',
    limit: 1.5,
    lost: 4.5,
    unit: ' × importing Fastify',
    of: ({ firstTest }) => firstTest && beside(firstTest.firstStart, fastify),
    quick: true
  },
  {
    part: 'library',
    name: 'the first start() after the import',
    bound: 'at most',
    limit: 20,
    lost: 250,
    unit: ' ms',
    of: ({ library }) => library && median(library.firstStart),
    quick: true
  },
  {
    part: 'library',
    name: 'reset',
    bound: 'at most',
    limit: 1,
    lost: 20,
    unit: ' ms',
    of: ({ library }) => library && median(library.reset),
    quick: true
  },
  {
    part: 'library',
    name: 'a new space',
    bound: 'at most',
    limit: 0.1,
    lost: 2,
    unit: ' ms',
    of: ({ library }) => library && median(library.newSpace) - median(library.sameSpace),
    quick: true
  },
  {
    part: 'stop',
    name: 'stop with 100 idle connections',
    bound: 'at most',
    limit: 100,
    lost: 1000,
    unit: ' ms',
    of: ({ stop }) => (stop && stop.length > 0 ? median(stop) : undefined),
    quick: true
  },
  {
    part: 'grill',
    name: 'grill with 60 cases of a client that takes 0.2 s',
    bound: 'at most',
    limit: 1.3,
    lost: 4,
    unit: ' × the time of the client, divided by the jobs',
    of: ({ grill }) => grill && grill.took / (grill.clients / grill.jobs)
  }
]

const perSecond = ({ perSecond }: Measured) => perSecond

const at32 = ({ throughput }: Results) => throughput.find(({ connections }) => connections === 32)?.rows

function grown(what: string, carrier: string) {
  return {
    name: `throughput with ${what}, ${carrier}`,
    bound: 'at least' as const,
    limit: 0.9,
    lost: 0.45,
    unit: ' × empty',
    of: ({ grown }: Results) => {
      const found = grown.find(each => each.what.includes(what) && each.carrier === carrier)
      return found && beside(found.rows, empty, perSecond, found.what)
    }
  }
}
