import { ask } from '../request.js'
import type { Run } from '../run.js'
import { loginCall } from '../session.js'

/** Logs in until so many sessions are open, or five minutes are over. Says how many are open. */
export const fillWithSessions = async (run: Run, port: number, count: number): Promise<number> => {
  const deadline = performance.now() + longest
  let open = await openSessions(port)
  while (open < count && performance.now() < deadline) {
    const { perSecond } = await run.load.run({ port, calls: [loginCall], connections: 32, seconds: step })
    open = await openSessions(port)
    run.say(`${open.toLocaleString('en-US')} open sessions, ${Math.round(perSecond)} logins a second`)
  }
  if (open < count) sayHowFar(run, `of ${count.toLocaleString('en-US')} open sessions`, open)
  return open
}

/** How long filling up may take, in milliseconds. */
export const longest = 300_000

const step = 5

/** Has the results say that time was up before all was there. */
export const sayHowFar = (run: Run, ofWhat: string, count: number): void =>
  run.leaveOut(`the rest ${ofWhat}`)('session-mock', `time was up at ${count.toLocaleString('en-US')}`)

/** How many sessions of CBRAIN are open, as session-mock counts them. */
export const openSessions = async (port: number): Promise<number> => {
  const { body } = await ask(port, { method: 'GET', path: '/__admin/metrics', headers: {} })
  const [, count] = /^session_mock_open_sessions\{product="cbrain"\} (\d+)/m.exec(body) ?? []
  if (count === undefined) throw new Error('the metrics do not count the open sessions')
  return Number(count)
}
