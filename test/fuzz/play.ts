import { type Batch, isOrderly, piecesOf, type Talk } from './batch.js'
import { converse, type Received } from './connection.js'
import { Finding } from './finding.js'
import { playLifecycle } from './lifecycle.js'
import { checkResponse } from './product-response.js'
import { readResponses } from './responses.js'
import type { FuzzedServer } from './server.js'
import { batchTokens } from './tokens.js'

/** Milliseconds that a cheap request may take. */
const longest = 2000

let count = 0

/** Plays a batch and looks for faults. Says how many requests were written; throws a Finding where there is one. */
export const playBatch = async (server: FuzzedServer, { talks, disturbed, lifecycle }: Batch): Promise<number> => {
  await server.check()
  let written = await begin(server)
  await causeFirst(server, () =>
    Promise.all([...talks.map(talk => play(server, talk, disturbed)), checkHealth(server)])
  )
  written += talks.reduce((sum, { requests }) => sum + requests.length, 1)
  await server.check()
  await checkHealth(server)
  if (lifecycle.length > 0) {
    await server.ask({ method: 'DELETE', path: '/__admin/scenario' })
    written += await playLifecycle(server, lifecycle)
  }
  await settle(server)
  await server.check()
  return written + 2
}

/** Puts the server back to its beginning, with a session of each product that is open, and one that has ended. */
const begin = async (server: FuzzedServer): Promise<number> => {
  const requests = [
    ['DELETE', '/scenario'],
    ['DELETE', '/spaces'],
    ...Object.entries(batchTokens).flatMap(([product, { open, ended }]) => [
      ['POST', '/sessions?space=default', JSON.stringify({ product, login: 'demo', token: ended })],
      ['POST', '/sessions/revoke?space=default', JSON.stringify({ product })],
      ['POST', '/sessions?space=default', JSON.stringify({ product, login: 'demo', token: open })]
    ])
  ]
  for (const [method = '', path = '', body] of requests) {
    const { status } = await answered(server, () =>
      server.ask({ method, path: `/__admin${path}`, ...(body && { body }) })
    )
    if (status >= 300) throw new Finding('an unrequested server error', `${status} to ${method} ${path}`)
  }
  return requests.length
}

const play = async (server: FuzzedServer, talk: Talk, disturbed: boolean): Promise<void> => {
  const orderly = isOrderly(talk) && !disturbed
  const methods = talk.requests.map(({ method }) => method)
  const pieces = piecesOf(talk)
  const due = orderly ? talk.requests.length : undefined
  const received = await converse(server.port, { pieces, methods, ending: talk.ending, due })
  // What a rule breaks need not be HTTP.
  if (!disturbed && server.ended === undefined) checkReceived(talk, received, methods, orderly)
}

const checkReceived = (talk: Talk, received: Received, methods: readonly string[], orderly: boolean): void => {
  const { responses, broken } = readResponses(received.bytes, methods)
  if (broken !== undefined && (orderly || !methods.includes('HEAD'))) throw new Finding('invalid HTTP', broken)
  responses.forEach((response, index) => {
    checkResponse(response, orderly ? talk.requests[index] : undefined)
  })
  const missing = talk.requests[responses.length]
  if (orderly && missing)
    throw new Finding(
      received.how === 'given up' ? 'a stall' : 'no response',
      `${missing.method} ${missing.target.slice(0, 100)} (${talk.ending}, ${received.how})`,
      `${talk.ending}, ${received.how}`
    )
}

/** A request that costs nothing is answered soon, whatever else goes on. */
const checkHealth = async (server: FuzzedServer): Promise<void> => {
  const begun = performance.now()
  const { status } = await answered(server, () => server.ask({ method: 'GET', path: '/__admin/health' }))
  const took = Math.round(performance.now() - begun)
  if (status !== 200) throw new Finding('an unrequested server error', `${status} to the health request`)
  if (took > longest) throw new Finding('a stall', `the health request took ${took} ms`)
}

/** A request without a response is a stall, or the end of the process. */
const answered = <Value>(server: FuzzedServer, ask: () => Promise<Value>): Promise<Value> =>
  causeFirst(server, () =>
    ask().catch(error => {
      throw new Finding('a stall', error instanceof Error ? error.message : String(error))
    })
  )

/** Where something is missing, the end of the process or a logged bug says more than that it is. */
const causeFirst = async <Value>(server: FuzzedServer, work: () => Promise<Value>): Promise<Value> => {
  try {
    return await work()
  } catch (error) {
    await new Promise(resolve => setTimeout(resolve, 100))
    await server.check()
    throw error
  }
}

/** Waits until the log and the events have come to the end of the batch, so that what they say is known. */
const settle = async (server: FuzzedServer): Promise<void> => {
  count += 1
  const mark = `/settle-${count}-mark`
  const logged = server.log.has(mark)
  const told = server.events.has(mark)
  await answered(server, () => server.ask({ method: 'GET', path: mark }))
  if (!(await within(logged))) throw new Finding('a stall', 'a request is not in the log within 5 s')
  if (!(await within(told))) throw new Finding('a silent events stream', 'a request is not in the events within 5 s')
}

const within = (awaited: Promise<void>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>(resolve => {
    timer = setTimeout(() => resolve(false), 5000)
  })
  return Promise.race([awaited.then(() => true), late]).finally(() => clearTimeout(timer))
}
