import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Contender } from '../contenders/contender.js'
import { sessionMock } from '../contenders/index.js'
import type { Measured } from '../load/load.js'
import { printed } from '../process.js'
import type { Call } from '../request.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'
import { carriers, checkSession, logIn, loginIn } from '../session.js'
import { fillWithSessions } from './fill.js'
import { rules } from './rules.js'
import { beside, type Serving } from './serving.js'

/** What a server that has much to carry serves, beside one that has just begun. */
export interface Grown {
  readonly what: string
  /** How the token is carried. */
  readonly carrier: string
  readonly rows: Rows<Measured>
}

export const empty = 'empty'

/** With 300 rules, of which none is for the caller. */
export const measureRules = async (run: Run): Promise<readonly Grown[]> => {
  const file = join(run.folder, 'rules.yaml')
  await writeFile(file, rules(300))
  const validate = [join(run.app, 'dist/main.js'), 'validate', file]
  await printed({ program: run.node.program, args: validate }, 10_000)
  return grown(run, '300 rules', sessionMock(run.app, '--scenario', file), async ({ token }) => [token])
}

/** With 1,000 spaces, each with a session of its own, all of them called in turns. */
export const measureSpaces = (run: Run): Promise<readonly Grown[]> =>
  grown(run, '1,000 spaces', sessionMock(run.app), async ({ port }) => {
    const tokens: string[] = []
    for (let space = 1; space <= 1000; space++) tokens.push(await logIn(port, loginIn(`space-${space}`)))
    return tokens
  })

/** With a million open sessions, made by logins. */
export const measureSessions = async (run: Run): Promise<readonly Grown[]> => {
  let count = 0
  const results = await grown(run, 'a million open sessions', sessionMock(run.app), async ({ port, token }) => {
    count = await fillWithSessions(run, port, 1_000_000)
    return [token]
  })
  const what = `${count.toLocaleString('en-US')} open sessions (time was up)`
  return count < 1_000_000 ? results.map(result => ({ ...result, what })) : results
}

/** Measures both in turns. `fill` gives the tokens to call with; the empty server is called with as many of its own. */
const grown = (
  run: Run,
  what: string,
  contender: Contender,
  fill: (server: Serving) => Promise<readonly string[]>
): Promise<readonly Grown[]> => {
  run.say(`throughput with ${what}`)
  const named = [
    { ...sessionMock(run.app), name: empty },
    { ...contender, name: what }
  ]
  return beside(run, named, 'grown', async servers => {
    const [first, second] = servers
    if (!first || !second) throw new Error('it did not start')
    const tokens = await fill(second)
    const pair = [
      { name: empty, port: first.port, tokens: tokens.map(() => first.token) },
      { name: what, port: second.port, tokens }
    ]
    const leaveOut = run.leaveOut('grown')
    const results: Grown[] = []
    for (const { name: carrier, call } of carriers) {
      await inTurns(pair, 1, target => loadOn(run, target, call, run.warmUp), leaveOut)
      const rows = await inTurns(pair, run.rounds, target => loadOn(run, target, call, run.seconds), leaveOut)
      results.push({ what, carrier, rows })
    }
    return results
  })
}

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
