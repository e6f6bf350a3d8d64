import { hcx } from '../../../routes/hcx.js'
import { type Driver, form, json, type Reply, spaced } from '../driver.js'

const credentials = '{"username":"demo","password":"demo"}'
const oddCredentials = '{"__proto__":{"username":"x"},"constructor":1,"username":"demo","password":"demo"}'

const sessions = '/api/admin/v1/sessions'
const hcxRefusal = (errorCode: string, error: string) =>
  `{"success":false,"completed":false,"time":…,"version":"1.0","errorCode":"${errorCode}","error":"${error}"}`

export const driver: Driver = {
  product: hcx,
  login: bytes => ({ method: 'POST', url: sessions, headers: json, payload: spaced(credentials, bytes) }),
  issued: ({ headers }: Reply) => String(headers['x-hm-authorization']),
  use: token => ({ method: 'GET', url: sessions, headers: { 'x-hm-authorization': token } }),
  logout: token => ({ method: 'DELETE', url: sessions, headers: { 'x-hm-authorization': token } }),
  succeeded: ({ statusCode, body }) => statusCode === 200 && body.startsWith('{"success":true,"completed":true,'),
  unknownToken: '78a7ac4e:ab72:483c:9f66:a76525838fd1',
  invalidRequests: {
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
  refusalOf: (_state, by) => [
    401,
    hcxRefusal(
      'INVALID_SESSION_TOKEN',
      by === 'use' ? 'UserContext not found in SecurityContext' : 'No active session found'
    )
  ],
  useOperation: 'session',
  refusals: {
    'bad-credentials': [401, '"errorCode":"INVALID_CREDENTIALS","error":"Invalid username or password."}'],
    'missing-field': [400, '"errorCode":"BAD_REQUEST","error":"Missing required field: username"}'],
    'bad-request': [400, '"errorCode":"BAD_REQUEST","error":"Bad Request"}'],
    'too-large': [413, '"errorCode":"BAD_REQUEST","error":"Request body is too large"}'],
    'no-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"UserContext not found in SecurityContext"}'],
    'expired-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"UserContext not found in SecurityContext"}'],
    forbidden: [403, '"errorCode":"NOT_ENOUGH_PRIVILEGES","error":"User does not have enough privileges"}'],
    'rate-limited': [429, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Too Many Requests"}'],
    'server-error': [500, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Internal Server Error"}'],
    unavailable: [503, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Service Unavailable"}'],
    'not-found': [404, '"errorCode":"BAD_REQUEST","error":"No such resource: /api/admin/v1/sessions"}'],
    'method-not-allowed': [405, '"error":"Method POST is not supported for /api/admin/v1/sessions"}']
  },
  refusalsAtUse: { 'method-not-allowed': [405, '"error":"Method GET is not supported for /api/admin/v1/sessions"}'] },
  refusalsAtLogout: {
    'no-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"}'],
    'expired-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"}'],
    'server-error': [500, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Error during logout"}'],
    'method-not-allowed': [405, '"error":"Method DELETE is not supported for /api/admin/v1/sessions"}']
  }
}
