import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import type { Driver } from '../support/driver.js'
import { drivers } from '../support/drivers.js'
import { engineProcess, noEngine } from '../support/engine-process.js'
import { ask } from '../support/serving.js'
import { shippedCommand } from '../support/shipped.js'
import { until } from '../support/until.js'

const [, , driver] = drivers as [Driver, Driver, Driver]

/** Seconds of traffic: `SECONDS=60` for more. */
const seconds = Number(process.env.SECONDS ?? 4)

interface Replica {
  readonly url: string
  readonly child: ChildProcess
}

const startReplica = async (t: Test, file: string, store: string): Promise<Replica> => {
  const flags = ['--port', '0', '--log', 'json', '--store', store]
  const child = spawn(process.execPath, [file, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  return { url: JSON.parse(line).url, child }
}

const kill = async ({ child }: Replica): Promise<void> => {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}

const control = async (url: string, line: string, body?: object) => {
  const [method = 'GET', path] = line.split(' ')
  const response = await fetch(`${url}/__admin${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
  return (await response.json()) as Record<string, unknown>
}

t.test('a killed replica leaves no hold behind', { skip: noEngine }, async t => {
  const { url: store } = await engineProcess(t)
  const file = await shippedCommand()
  const [one, other] = [await startReplica(t, file, store), await startReplica(t, file, store)]
  const rules = [{ on: 'cbrain.login', then: { hold: 'gate' } }]
  await control(one.url, 'PUT /scenario', { title: 'held', rules })
  const held = ask(one.url, driver.login()).catch(() => undefined)
  t.match(await control(other.url, 'POST /holds/gate/wait', {}), { waiting: 1 })
  await kill(one)
  t.equal(await held, undefined)
  await until(async () => ((await control(other.url, 'GET /holds')).holds as unknown[]).length === 0, 12_000)
  t.match(await control(other.url, 'GET /requests'), { requests: [{ outcome: 'left' }] })
})

t.test('killed replicas and engines under traffic break no guarantee', { skip: noEngine }, async t => {
  // What it has acknowledged is on its disk.
  const engine = await engineProcess(t, '--appendonly', 'yes', '--appendfsync', 'always')
  const { url: store } = engine
  const file = await shippedCommand()
  const replicas = [
    await startReplica(t, file, store),
    await startReplica(t, file, store),
    await startReplica(t, file, store)
  ]
  const end = performance.now() + seconds * 1000
  const open = new Set<string>()
  const ended = new Set<string>()
  let answered = 0
  const tryAsk = async (request: Parameters<typeof ask>[1]) => {
    const { url } = replicas[Math.floor(Math.random() * replicas.length)] as Replica
    const reply = await ask(url, request).catch(() => undefined)
    if (reply && reply.statusCode !== 503) answered += 1
    return reply
  }
  const client = async () => {
    while (performance.now() < end) {
      const login = await tryAsk(driver.login())
      if (!login || !driver.succeeded(login)) continue
      const token = driver.issued(login)
      open.add(token)
      await tryAsk(driver.use(token))
      if (Math.random() < 0.5) continue
      // Of all that log out at once, the answers of some may be lost.
      open.delete(token)
      const replies = await Promise.all([1, 2, 3].map(() => tryAsk(driver.logout(token))))
      const successes = replies.filter(reply => reply && driver.succeeded(reply)).length
      t.ok(successes <= 1, `${successes} logouts of one token succeeded`)
      if (successes === 1) ended.add(token)
    }
  }
  const killEngine = async () => {
    await engine.stop('SIGKILL')
    await engine.start()
  }
  const killReplica = async () => {
    const victim = Math.floor(Math.random() * replicas.length)
    await kill(replicas[victim] as Replica)
    replicas[victim] = await startReplica(t, file, store)
  }
  const killer = async () => {
    for (let turn = 0; performance.now() < end - 500; turn += 1) {
      await new Promise(resolve => setTimeout(resolve, 700))
      await (turn % 3 === 0 ? killEngine() : killReplica())
    }
  }
  await Promise.all([killer(), ...Array.from({ length: 8 }, client)])
  for (const { url } of replicas) await until(async () => (await control(url, 'GET /ready')).ready === true, 10_000)
  t.ok(open.size > 10 && ended.size > 5, `${open.size} sessions are open, ${ended.size} were ended`)
  for (const token of open)
    t.ok(driver.succeeded((await tryAsk(driver.use(token))) ?? { statusCode: 0, headers: {}, body: '' }))
  for (const token of ended)
    t.notOk(driver.succeeded((await tryAsk(driver.use(token))) ?? { statusCode: 0, headers: {}, body: '' }))
  const counts = await Promise.all(replicas.map(({ url }) => control(url, 'POST /requests/count', {})))
  t.ok(counts.every(({ count }) => count === counts[0]?.count && Number(count) >= Math.min(answered, 10_000)))
})
