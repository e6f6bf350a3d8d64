import { readFile } from 'node:fs/promises'
import { type AnsweredCall, bareAnswers, type TlsPort } from '../contenders/bare-answers.js'
import { sessionMock } from '../contenders/index.js'
import type { Measured, Work } from '../load/load.js'
import type { Node } from '../nodes.js'
import { below, freePort } from '../places.js'
import { end } from '../process.js'
import { type Answer, ask, type Call } from '../request.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'
import { type Server, serve } from '../server.js'
import type { MatrixRow } from './rows.js'

/** What was measured of a row on a Node.js. */
export interface MatrixResult {
  readonly row: MatrixRow
  readonly node: Node
  readonly rows: Rows<MatrixSample>
}

export interface MatrixSample extends Measured {
  /** The processor time that the server took for each request, in microseconds; undefined where the system does not say. */
  readonly processorTime: number | undefined
}

/** Each row beside bare Fastify with the same parsers, headers and bytes. A row that cannot be measured is left out. */
export const measureMatrix = async (
  run: Run,
  rows: readonly MatrixRow[],
  node: Node
): Promise<readonly MatrixResult[]> => {
  const measured: MatrixResult[] = []
  for (const row of rows) {
    run.say(`${row.name}, Node.js ${node.version}`)
    try {
      measured.push({ row, node, rows: await measureRow(run, row, node) })
    } catch (error) {
      run.leaveOut(`matrix, Node.js ${node.version}`)(row.name, error)
    }
  }
  return measured
}

const measureRow = async (run: Run, row: MatrixRow, node: Node): Promise<Rows<MatrixSample>> => {
  const folder = await below(run.folder, `matrix-${node.version}-${row.name}`)
  const servers: Server[] = []
  try {
    const tls = row.overTls ? { port: await freePort(), folder } : undefined
    const settings = tls ? ['--https-port', String(tls.port), '--tls-dir', folder] : []
    const ours = await serve(sessionMock(run.app, ...settings), node, folder)
    servers.push(ours)
    const token = tokenOf(row, await answered(ours.port, row.product.login))
    const calls = await answersOf(row, ours.port, token)
    const overTls = tls && { port: await freePort(), folder: tls.folder }
    const theirs = await serve(bareAnswers(calls, overTls), node, folder)
    servers.push(theirs)
    const targets = [target(row, ours, token, tls), target(row, theirs, token, overTls)]
    return await inRounds(run, targets)
  } finally {
    await Promise.all(servers.map(({ child }) => end(child)))
  }
}

interface Target {
  readonly name: string
  readonly pid: number
  readonly work: Pick<Work, 'port' | 'overTls' | 'calls' | 'ending'>
}

const target = (row: MatrixRow, { name, port, child }: Server, token: string, tls: TlsPort | undefined): Target => {
  const { product, load, login = product.login } = row
  const ending = load === 'login and logout' ? { ...product, length: token.length, call: product.logout } : undefined
  return {
    name,
    pid: child.pid ?? 0,
    work: {
      port: tls?.port ?? port,
      overTls: tls !== undefined,
      calls: [typeof load === 'function' ? load(token) : login],
      ...(ending && { ending })
    }
  }
}

/** How session-mock answers the calls of a row. */
const answersOf = async (row: MatrixRow, port: number, token: string): Promise<readonly AnsweredCall[]> => {
  const { product, load, login = product.login } = row
  if (typeof load === 'function') return [{ call: load(token), answer: await answered(port, load(token)) }]
  const first = { call: login, answer: await answered(port, login) }
  if (load === 'login') return [first]
  const logout = product.logout(tokenOf(row, first.answer))
  return [first, { call: logout, answer: await answered(port, logout) }]
}

const answered = async (port: number, call: Call): Promise<Answer> => {
  const answer = await ask(port, call)
  if (answer.status === 200) return answer
  throw new Error(`${call.method} ${call.path} was answered with ${answer.status} ${answer.body.slice(0, 100)}`)
}

const tokenOf = ({ product }: MatrixRow, answer: Answer): string => {
  const token = product.tokenOf(answer)
  if (token === undefined) throw new Error(`there is no token in ${answer.body.slice(0, 100)}`)
  return token
}

const inRounds = async (run: Run, targets: readonly Target[]): Promise<Rows<MatrixSample>> => {
  const leaveOut = (_name: string, why: unknown): never => {
    throw why
  }
  await inTurns(targets, 1, each => loadOn(run, each, run.matrixSeconds), leaveOut)
  return inTurns(targets, run.rounds, each => loadOn(run, each, run.matrixSeconds), leaveOut)
}

const loadOn = async (run: Run, { pid, work }: Target, seconds: number): Promise<MatrixSample> => {
  const before = await processorTimeOf(pid)
  const measured = await run.load.run({ ...work, connections: 32, seconds })
  const after = await processorTimeOf(pid)
  const used = before === undefined || after === undefined ? undefined : (after - before) / measured.requests
  return { ...measured, processorTime: used }
}

/** The processor time of a process until now, in microseconds, where the system says it. */
const processorTimeOf = async (pid: number): Promise<number | undefined> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // The second field is the name of the program, in brackets; then the user and system time are the 14th and 15th.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields && (Number(fields[11]) + Number(fields[12])) * microsecondsOfTick
}

/** Linux counts in hundredths of a second on every machine that Node.js runs on. */
const microsecondsOfTick = 10_000
