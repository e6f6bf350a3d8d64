import { cbrain } from '../../routes/cbrain.js'
import { hcx } from '../../routes/hcx.js'
import { netbrain } from '../../routes/netbrain.js'
import { videntity } from '../../routes/videntity.js'
import { type Driver, form, json, type Reply, spaced, stuffed } from './driver.js'

const credentials = '{"username":"demo","password":"demo"}'
const oddCredentials = '{"__proto__":{"username":"x"},"constructor":1,"username":"demo","password":"demo"}'

const base = '/ServicesAPI/API/V1'
const nullBody =
  '{"statusCode":791000,"statusDescription":"Null parameter: the parameter \'request body\' cannot be null."}'

const netbrainDriver: Driver = {
  product: netbrain,
  login: bytes => ({ method: 'POST', url: `${base}/Session`, headers: json, payload: spaced(credentials, bytes) }),
  issued: ({ body }) => JSON.parse(body).token,
  use: token => ({ method: 'GET', url: `${base}/CMDB/Tenants`, headers: { token } }),
  logout: token => ({ method: 'DELETE', url: `${base}/Session`, headers: { token } }),
  succeeded: ({ statusCode, body }) => statusCode === 200 && body.includes('"statusCode":790200'),
  stranger: 'a63c6610-1a44-4907-bb57-784179d30ba3',
  troubles: {
    'unknown path': {
      request: token => ({ method: 'GET', url: `${base}/Sessions`, headers: { token } }),
      refusal: [404, '{"statusCode":793404,"statusDescription":"No resource"}']
    },
    'wrong method': {
      request: token => ({ method: 'PATCH', url: `${base}/Session`, headers: { token } }),
      refusal: [405, '{"statusCode":793405,"statusDescription":"Method is not supported"}']
    },
    'wrong media type': {
      request: token => ({
        method: 'POST',
        url: `${base}/Session`,
        headers: { token, ...form },
        payload: 'username=demo&password=demo'
      }),
      refusal: [400, nullBody]
    },
    'malformed body': {
      request: token => ({ method: 'POST', url: `${base}/Session`, headers: { token, ...json }, payload: '{"usern' }),
      refusal: [400, nullBody]
    }
  },
  tooLong: [400, nullBody],
  odd: { method: 'POST', url: `${base}/Session`, headers: json, payload: oddCredentials },
  dead: (death, by, fidelity) =>
    fidelity === 'observed' && by === 'logout' && death !== 'unknown'
      ? [401, '{"statusCode":795010,"statusDescription":"Session not exist"}']
      : [401, '{"statusCode":795005,"statusDescription":"Invalid token."}']
}

const videntityLogin = 'username=demo&password=demo&account_number=100000000000001'

const videntityError = (path: string, number: number, name: string, detail: string) =>
  `<?xml version="1.0" encoding="utf-8"?>
<response api_method="${path}">
    <status>ERROR</status>
    <api_tx_number>…</api_tx_number>
    <error_number>${number}</error_number>
    <error_name>${name}</error_name>
    <error_detail>${detail}</error_detail>
    <timestamp>…</timestamp>
</response>`

const videntityTrouble = (path: string) =>
  videntityError(path, 11, 'SERVER_ERROR', 'The server could not process your request.')

const videntityDriver: Driver = {
  product: videntity,
  login: bytes => ({ method: 'POST', url: '/session/login', headers: form, payload: stuffed(videntityLogin, bytes) }),
  issued: ({ body }) => /<session_key>(.*)<\/session_key>/.exec(body)?.[1] ?? '',
  use: token => ({ method: 'POST', url: '/session/ping', headers: form, payload: `session_key=${token}` }),
  logout: token => ({ method: 'POST', url: '/session/logout', headers: form, payload: `session_key=${token}` }),
  succeeded: ({ body }) => body.includes('<status>SUCCESS</status>'),
  stranger: 'Ry5NvPAbceAS123',
  troubles: {
    // Its paths are few, and their neighbours another product's: only at its own listener does it speak of others.
    'unknown path': {
      request: token => ({ method: 'POST', url: '/session/end', headers: form, payload: `session_key=${token}` }),
      refusal: [404, videntityTrouble('/session/end')]
    },
    'wrong method': {
      request: token => ({ method: 'PUT', url: '/session/logout', headers: form, payload: `session_key=${token}` }),
      refusal: [405, videntityTrouble('/session/logout')]
    },
    'wrong media type': {
      request: token => ({
        method: 'POST',
        url: '/session/logout',
        headers: json,
        payload: JSON.stringify({ session_key: token })
      }),
      refusal: [
        200,
        videntityError('/session/logout', 4, 'MISSING_MANDATORY_FIELD', 'Mandatory field session_key is missing')
      ]
    },
    'malformed body': {
      request: () => ({ method: 'POST', url: '/session/login', headers: form, payload: '&&%zz=%&=&username' }),
      refusal: [
        200,
        videntityError('/session/login', 4, 'MISSING_MANDATORY_FIELD', 'Mandatory field username is missing')
      ]
    }
  },
  tooLong: [413, videntityTrouble('…')],
  odd: {
    method: 'POST',
    url: '/session/login',
    headers: form,
    payload: `__proto__=x&constructor=x&toString=x&__proto__[username]=x&${videntityLogin}`
  },
  dead: (death, by) =>
    death === 'expired'
      ? [
          200,
          videntityError(
            by === 'use' ? '/session/ping' : '/session/logout',
            3,
            'SESSION_EXPIRED',
            'The session has expired'
          )
        ]
      : [
          200,
          videntityError(
            by === 'use' ? '/session/ping' : '/session/logout',
            2,
            'SESSION_DOES_NOT_EXIST',
            'session does not exist'
          )
        ]
}

const accept = { accept: 'application/json' }
const authorization = (token: string) => ({ ...accept, authorization: `Bearer ${token}` })

const cbrainDriver: Driver = {
  product: cbrain,
  login: bytes => ({
    method: 'POST',
    url: '/session',
    headers: { ...accept, ...form },
    payload: stuffed('login=demo&password=demo', bytes)
  }),
  issued: ({ body }) => JSON.parse(body).cbrain_api_token,
  use: token => ({ method: 'GET', url: '/session', headers: authorization(token) }),
  logout: token => ({ method: 'DELETE', url: '/session', headers: authorization(token) }),
  succeeded: ({ statusCode }) => statusCode === 200,
  stranger: '00112233445566778899aabbccddeeff',
  troubles: {
    'unknown path': {
      request: token => ({ method: 'GET', url: '/session/other', headers: authorization(token) }),
      refusal: [404, '{"status":404,"error":"Not Found"}']
    },
    'wrong method': {
      request: token => ({ method: 'PATCH', url: '/session', headers: authorization(token) }),
      refusal: [404, '{"status":404,"error":"Not Found"}']
    },
    'wrong media type': {
      request: () => ({
        method: 'POST',
        url: '/session',
        headers: { ...accept, 'content-type': 'application/xml' },
        payload: '<session><login>demo</login><password>demo</password></session>'
      }),
      refusal: [401, '']
    },
    'malformed body': {
      request: token => ({
        method: 'POST',
        url: '/session',
        headers: { ...authorization(token), ...json },
        payload: '{"login":"demo"'
      }),
      refusal: [400, '{"status":400,"error":"Bad Request"}']
    }
  },
  tooLong: [413, '{"status":413,"error":"Payload Too Large"}'],
  odd: {
    method: 'POST',
    url: '/session',
    headers: { ...accept, ...json },
    payload: '{"__proto__":{"login":"x"},"constructor":1,"login":"demo","password":"demo"}'
  },
  dead: () => [401, '']
}

const sessions = '/api/admin/v1/sessions'
const hcxRefusal = (errorCode: string, error: string) =>
  `{"success":false,"completed":false,"time":…,"version":"1.0","errorCode":"${errorCode}","error":"${error}"}`

const hcxDriver: Driver = {
  product: hcx,
  login: bytes => ({ method: 'POST', url: sessions, headers: json, payload: spaced(credentials, bytes) }),
  issued: ({ headers }: Reply) => String(headers['x-hm-authorization']),
  use: token => ({ method: 'GET', url: sessions, headers: { 'x-hm-authorization': token } }),
  logout: token => ({ method: 'DELETE', url: sessions, headers: { 'x-hm-authorization': token } }),
  succeeded: ({ statusCode, body }) => statusCode === 200 && body.startsWith('{"success":true,"completed":true,'),
  stranger: '78a7ac4e:ab72:483c:9f66:a76525838fd1',
  troubles: {
    'unknown path': {
      request: token => ({ method: 'GET', url: `${sessions}/1`, headers: { 'x-hm-authorization': token } }),
      refusal: [404, hcxRefusal('BAD_REQUEST', 'No such resource: /api/admin/v1/sessions/1')]
    },
    'wrong method': {
      request: token => ({ method: 'PUT', url: sessions, headers: { 'x-hm-authorization': token } }),
      refusal: [405, hcxRefusal('BAD_REQUEST', 'Method PUT is not supported for /api/admin/v1/sessions')]
    },
    'wrong media type': {
      request: token => ({
        method: 'POST',
        url: sessions,
        headers: { ...form, 'x-hm-authorization': token },
        payload: 'username=demo&password=demo'
      }),
      refusal: [400, hcxRefusal('BAD_REQUEST', 'Unsupported content type: application/x-www-form-urlencoded')]
    },
    'malformed body': {
      request: token => ({
        method: 'POST',
        url: sessions,
        headers: { ...json, 'x-hm-authorization': token },
        payload: '{"username":"demo",'
      }),
      refusal: [400, hcxRefusal('BAD_REQUEST', 'Malformed JSON request body')]
    }
  },
  tooLong: [413, hcxRefusal('BAD_REQUEST', 'Request body is too large')],
  odd: { method: 'POST', url: sessions, headers: json, payload: oddCredentials },
  dead: (_death, by) => [
    401,
    hcxRefusal(
      'INVALID_SESSION_TOKEN',
      by === 'use' ? 'UserContext not found in SecurityContext' : 'No active session found'
    )
  ]
}

/** A client for every product, in no order. */
export const drivers: readonly Driver[] = [netbrainDriver, videntityDriver, cbrainDriver, hcxDriver]
