import { readFile } from 'node:fs/promises'
import { bare, type Call, form, json, okAnswer } from './calls.js'
import { bareAnswer, sessionMock } from './contenders.js'
import type { Measured } from './load.js'
import type { Run } from './measure.js'
import { below, type Server, withServer } from './processes.js'
import { inTurns, type Rows, rethrow } from './rounds.js'

/** A call that is measured: a login, or one with the token of a login. */
export interface MatrixRow {
  readonly name: string
  readonly login: Call
  readonly token: RegExp
  readonly call: (token: string) => Call
  /** The target is lower, since the response is XML. */
  readonly isXml: boolean
  readonly quick: boolean
}

export interface MatrixSample extends Measured {
  /** CPU time of the server for each request, in microseconds; NaN where the system does not report it. */
  readonly cpu: number
}

export interface MatrixResult {
  readonly row: MatrixRow
  readonly rows: Rows<MatrixSample>
}

const services = '/ServicesAPI/API/V1'
const hcxSessions = '/api/admin/v1/sessions'
const basic = `Basic ${Buffer.from('demo:demo').toString('base64')}`
const account = { username: 'demo', password: 'demo' }
const asXml = { Accept: 'application/xml' }

const products = {
  CBRAIN: { login: form('POST', '/session', { login: 'demo', password: 'demo' }), token: /"cbrain_api_token":"(\w+)"/ },
  NetBrain: { login: json('POST', `${services}/Session`, account), token: /"token":"([\w-]+)"/ },
  Videntity: {
    login: form('POST', '/session/login', { ...account, account_number: '100000000000001' }),
    token: /<session_key>(\w+)/
  },
  HCX: { login: json('POST', hcxSessions, account), token: /^x-hm-authorization: (.+)$/m }
}

const row = (
  product: keyof typeof products,
  name: string,
  call: (token: string) => Call,
  { isXml = false, quick = false } = {}
): MatrixRow => ({ ...products[product], name: `${product} ${name}`, call, isXml, quick })

const { CBRAIN, NetBrain, Videntity, HCX } = products
const byQuery = (token: string, headers = {}): Call => bare('GET', `/session?cbrain_api_token=${token}`, headers)

/** Session call and login of each product, by the token locations and media types of its documents. */
export const matrixRows: readonly MatrixRow[] = [
  row('CBRAIN', 'session, `?cbrain_api_token=`', token => byQuery(token), { quick: true }),
  row('CBRAIN', 'session, `Authorization: Bearer`', token =>
    bare('GET', '/session', { Authorization: `Bearer ${token}` })
  ),
  row('CBRAIN', 'session, XML', token => byQuery(token, asXml), { isXml: true }),
  row('CBRAIN', 'login', () => CBRAIN.login),
  row('CBRAIN', 'login, XML', () => ({ ...CBRAIN.login, headers: { ...CBRAIN.login.headers, ...asXml } }), {
    isXml: true
  }),
  row('NetBrain', 'tenants, `Token`', token => bare('GET', `${services}/CMDB/Tenants`, { Token: token }), {
    quick: true
  }),
  row('NetBrain', 'login', () => NetBrain.login),
  row('NetBrain', 'login, Basic', () => bare('POST', `${services}/Session`, { Authorization: basic })),
  row('Videntity', 'ping', token => form('POST', '/session/ping', { session_key: token }), {
    isXml: true,
    quick: true
  }),
  row('Videntity', 'login', () => Videntity.login, { isXml: true }),
  row('HCX', 'session', token => bare('GET', hcxSessions, { 'x-hm-authorization': token }), { quick: true }),
  row('HCX', 'login', () => HCX.login)
]

/** Each row, compared with a bare Fastify that sends the same headers and bytes. A row that fails is skipped. */
export const measureMatrix = async (run: Run, isQuick: boolean): Promise<readonly MatrixResult[]> => {
  const results: MatrixResult[] = []
  for (const row of matrixRows.filter(({ quick }) => quick || !isQuick)) {
    run.say(row.name)
    await measureRow(run, row).then(
      rows => results.push({ row, rows }),
      error => run.skip('matrix')(row.name, error)
    )
  }
  return results
}

const measureRow = async (run: Run, row: MatrixRow): Promise<Rows<MatrixSample>> => {
  const folder = await below(run.folder, `matrix-${row.name}`)
  return withServer(sessionMock(run.app), run.node, folder, async ours => {
    const login = await okAnswer(ours.port, row.login)
    const text = [...login.headers.map(pair => pair.join(': ')), login.body].join('\n')
    const [, token] = row.token.exec(text) ?? []
    if (token === undefined) throw new Error(`there is no token in ${login.body.slice(0, 100)}`)
    const call = row.call(token)
    const answer = await okAnswer(ours.port, call)
    return withServer(bareAnswer(call, answer), run.node, folder, async theirs => {
      const load = (server: Server) => loadOn(run, server, call)
      await inTurns([ours, theirs], 1, load, rethrow)
      return inTurns([ours, theirs], run.rounds, load, rethrow)
    })
  })
}

const loadOn = async (run: Run, { port, child }: Server, call: Call): Promise<MatrixSample> => {
  const before = await cpuTime(child.pid)
  const measured = await run.load.run({ port, calls: [call], connections: 32, seconds: 1 })
  return { ...measured, cpu: ((await cpuTime(child.pid)) - before) / measured.requests }
}

/** The CPU time of a process, in microseconds: Linux counts user and system time (fields 14 and 15) in hundredths of a second. */
const cpuTime = async (pid = 0): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}
