import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ask, bare, type Call, carriers, checkSession, inSpace, logIn, loginCall } from './calls.js'
import { sessionMock } from './contenders.js'
import type { Measured } from './load.js'
import type { Run } from './measure.js'
import { type Contender, printed, type Server, withServer } from './processes.js'
import { inTurns, type Rows, rethrow } from './rounds.js'

/** The throughput of a server with many rules, spaces or sessions, compared with an empty one. */
export interface Grown {
  readonly what: string
  readonly carrier: string
  readonly rows: Rows<Measured>
}

export const empty = 'empty'

/** With 300 rules, none of which matches the calls. */
export const measureRules = async (run: Run): Promise<readonly Grown[]> => {
  const file = join(run.folder, 'rules.yaml')
  await writeFile(file, rules(300))
  await printed({ program: run.node.program, args: [join(run.app, 'dist/main.js'), 'validate', file] }, 10_000)
  return grown(run, '300 rules', sessionMock(run.app, '--scenario', file), async (_server, token) => [token])
}

/** Half of the rules are for the session call. */
const rules = (count: number): string => {
  const lines = Array.from({ length: count }, (_, index) => {
    const on = index % 2 === 0 ? 'cbrain.session' : others[Math.floor(index / 2) % others.length]
    return `  - { on: ${on}, when: { login: somebody-${index} }, then: { fail: server-error } }`
  })
  return `title: Many rules, none of them for demo\nrules:\n${lines.join('\n')}\n`
}

const others = ['"*"', 'cbrain', 'login', 'session', 'cbrain.logout', 'hcx.session', '[login, logout]']

/** With a session in each of 1,000 spaces; the calls are distributed over all of them. */
export const measureSpaces = (run: Run): Promise<readonly Grown[]> =>
  grown(run, '1,000 spaces', sessionMock(run.app), async ({ port }) => {
    const tokens: string[] = []
    for (let space = 1; space <= 1000; space++) tokens.push(await logIn(port, inSpace(`space-${space}`, loginCall)))
    return tokens
  })

/** With a million open sessions, opened by logins. */
export const measureSessions = (run: Run): Promise<readonly Grown[]> =>
  grown(run, 'a million open sessions', sessionMock(run.app), async ({ port }, token) => {
    await fillWithSessions(run, port, 1_000_000)
    return [token]
  })

/** `fill` returns the tokens of the calls; the empty server gets as many calls with its own token. */
const grown = async (
  run: Run,
  what: string,
  contender: Contender,
  fill: (server: Server, token: string) => Promise<readonly string[]>
): Promise<readonly Grown[]> =>
  withServer({ ...sessionMock(run.app), name: empty }, run.node, run.folder, first =>
    withServer({ ...contender, name: what }, run.node, run.folder, async second => {
      const own = await logIn(first.port)
      const tokens = await fill(second, await logIn(second.port))
      const pair = [
        { name: empty, port: first.port, tokens: tokens.map(() => own) },
        { name: what, port: second.port, tokens }
      ]
      const results: Grown[] = []
      for (const { name: carrier, call } of carriers) {
        await inTurns(pair, 1, target => loadOn(run, target, call, run.warmUp), rethrow)
        const rows = await inTurns(pair, run.rounds, target => loadOn(run, target, call, run.seconds), rethrow)
        results.push({ what, carrier, rows })
      }
      return results
    })
  )

interface Target {
  readonly port: number
  readonly tokens: readonly string[]
}

const loadOn = async (run: Run, { port, tokens }: Target, call: (token: string) => Call, seconds: number) => {
  const check = () => Promise.all([tokens.at(0), tokens.at(-1)].map(token => token && checkSession(port, token)))
  await check()
  const measured = await run.load.run({ port, calls: tokens.map(call), connections: 32, seconds })
  await check()
  return measured
}

/** Logs in until `count` sessions are open. Returns how many are open. Throws if that takes more than ten minutes. */
export const fillWithSessions = async (run: Run, port: number, count: number): Promise<number> => {
  const deadline = performance.now() + 600_000
  let open = await openSessions(port)
  while (open < count) {
    if (performance.now() > deadline) throw new Error(`only ${open} sessions were open after ten minutes`)
    await run.load.run({ port, calls: [loginCall], connections: 32, seconds: 5 })
    open = await openSessions(port)
    run.say(`${open.toLocaleString('en-US')} open sessions`)
  }
  return open
}

const openSessions = async (port: number): Promise<number> => {
  const { body } = await ask(port, bare('GET', '/__admin/metrics'))
  const [, count] = /^session_mock_open_sessions\{product="cbrain"\} (\d+)/m.exec(body) ?? []
  if (count === undefined) throw new Error('the metrics do not count the open sessions')
  return Number(count)
}
