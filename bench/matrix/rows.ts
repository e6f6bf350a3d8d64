import type { Answer, Call } from '../request.js'

/** A call that is measured again and again, or two calls in turns. */
export interface MatrixRow {
  readonly name: string
  readonly product: ProductCalls
  /** The call with a token that is open, or the login, or a login and a logout of its token in turns. */
  readonly load: ((token: string) => Call) | 'login' | 'login and logout'
  /** The login of the load, where it is another than the product's usual one. */
  readonly login?: Call
  /** The answers are XML. */
  readonly isXml?: true
  readonly overTls?: true
  /** The short version measures it too. */
  readonly quick?: true
}

/** How a client of a product logs in and out. */
export interface ProductCalls {
  readonly login: Call
  logout(token: string): Call
  /** Where an answer to a login has its token: a pattern of Lua for its body, or the name of a header. */
  readonly token: { readonly pattern: string } | { readonly header: string }
  /** The token of an answer to a login; undefined where there is none. */
  tokenOf(answer: Answer): string | undefined
}

const form = (method: string, path: string, fields: Readonly<Record<string, string>>): Call => ({
  method,
  path,
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body: String(new URLSearchParams(fields))
})

const json = (method: string, path: string, value: object): Call => ({
  method,
  path,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value)
})

const bare = (method: string, path: string, headers: Call['headers'] = {}): Call => ({ method, path, headers })

const xml = { Accept: 'application/xml' }
const byQuery = (token: string): string => `/session?cbrain_api_token=${token}`
const services = '/ServicesAPI/API/V1'
const sessions = '/api/admin/v1/sessions'

const cbrain: ProductCalls = {
  login: form('POST', '/session', { login: 'demo', password: 'demo' }),
  logout: token => bare('DELETE', byQuery(token)),
  token: { pattern: '"cbrain_api_token":"(%x+)"' },
  tokenOf: ({ body }) => /"cbrain_api_token":"([0-9a-f]+)"/.exec(body)?.[1]
}

const netbrain: ProductCalls = {
  login: json('POST', `${services}/Session`, { username: 'demo', password: 'demo' }),
  logout: token => bare('DELETE', `${services}/Session`, { Token: token }),
  token: { pattern: '"token":"([%x-]+)"' },
  tokenOf: ({ body }) => /"token":"([0-9a-f-]+)"/.exec(body)?.[1]
}

const videntity: ProductCalls = {
  login: form('POST', '/session/login', {
    username: 'demo',
    password: 'demo',
    account_number: '100000000000001'
  }),
  logout: token => form('POST', '/session/logout', { session_key: token }),
  token: { pattern: 'you logged in successfully.*<session_key>(%w+)' },
  tokenOf: ({ body }) => /<session_key>(\w+)/.exec(body)?.[1]
}

const hcx: ProductCalls = {
  login: json('POST', sessions, { username: 'demo', password: 'demo' }),
  logout: token => bare('DELETE', sessions, { 'x-hm-authorization': token }),
  token: { header: 'x-hm-authorization' },
  tokenOf: ({ headers }) => headers.find(([name]) => name === 'x-hm-authorization')?.[1]
}

/** What users send: login, use and logout of every product, by the carriers and media types of their documents. */
export const matrixRows: readonly MatrixRow[] = [
  {
    name: 'CBRAIN session, `?cbrain_api_token=`',
    product: cbrain,
    load: token => bare('GET', byQuery(token)),
    quick: true
  },
  {
    name: 'CBRAIN session, `Authorization: Bearer`',
    product: cbrain,
    load: token => bare('GET', '/session', { Authorization: `Bearer ${token}` })
  },
  {
    name: 'CBRAIN session, XML',
    product: cbrain,
    load: token => bare('GET', byQuery(token), xml),
    isXml: true
  },
  { name: 'CBRAIN login', product: cbrain, load: 'login' },
  {
    name: 'CBRAIN login, XML',
    product: cbrain,
    load: 'login',
    login: { ...cbrain.login, headers: { ...cbrain.login.headers, ...xml } },
    isXml: true
  },
  { name: 'CBRAIN login and logout', product: cbrain, load: 'login and logout' },
  {
    name: 'CBRAIN session, `?cbrain_api_token=`, TLS',
    product: cbrain,
    load: token => bare('GET', byQuery(token)),
    overTls: true
  },
  {
    name: 'NetBrain tenants, `Token`',
    product: netbrain,
    load: token => bare('GET', `${services}/CMDB/Tenants`, { Token: token }),
    quick: true
  },
  { name: 'NetBrain login', product: netbrain, load: 'login' },
  {
    name: 'NetBrain login, Basic',
    product: netbrain,
    load: 'login',
    login: bare('POST', `${services}/Session`, {
      Authorization: `Basic ${Buffer.from('demo:demo').toString('base64')}`
    })
  },
  { name: 'NetBrain login and logout', product: netbrain, load: 'login and logout' },
  {
    name: 'Videntity ping',
    product: videntity,
    load: token => form('POST', '/session/ping', { session_key: token }),
    isXml: true,
    quick: true
  },
  { name: 'Videntity login', product: videntity, load: 'login', isXml: true },
  { name: 'Videntity login and logout', product: videntity, load: 'login and logout', isXml: true },
  {
    name: 'HCX session',
    product: hcx,
    load: token => bare('GET', sessions, { 'x-hm-authorization': token }),
    quick: true
  },
  { name: 'HCX login', product: hcx, load: 'login' },
  { name: 'HCX login and logout', product: hcx, load: 'login and logout' }
]
