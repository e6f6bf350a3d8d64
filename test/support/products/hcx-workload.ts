import { hcxWorkload } from '../../../routes/hcx-workload.js'
import { type Driver, form, json, spaced } from '../driver.js'

const credentials = '{"username":"demo","password":"demo"}'
const oddCredentials = '{"__proto__":{"username":"x"},"constructor":1,"username":"demo","password":"demo"}'

const sessions = '/hybridity/api/sessions'
const accept = { accept: 'application/json' }
const jsonOnly = { ...accept, ...json }

const refusal = (errorCode: string, error: string) =>
  `{"success":false,"completed":false,"time":…,"version":"1.0","errorCode":"${errorCode}","error":"${error}"}`

export const driver: Driver = {
  product: hcxWorkload,
  login: bytes => ({ method: 'POST', url: sessions, headers: jsonOnly, payload: spaced(credentials, bytes) }),
  issued: ({ headers }) => String(headers['x-hm-authorization']),
  use: token => ({ method: 'GET', url: '/hybridity/api/about', headers: { ...accept, 'x-hm-authorization': token } }),
  logout: token => ({ method: 'DELETE', url: sessions, headers: { ...accept, 'x-hm-authorization': token } }),
  succeeded: ({ statusCode }) => statusCode === 200,
  unknownToken: '78a7ac4e:ab72:483c:9f66:a76525838fd1',
  invalidRequests: {
    'unknown path': {
      request: token => ({
        method: 'GET',
        url: '/hybridity/api/cloudConfigs',
        headers: { ...accept, 'x-hm-authorization': token }
      }),
      refusal: [404, refusal('BAD_REQUEST', 'No such resource: /hybridity/api/cloudConfigs')]
    },
    'wrong method': {
      request: token => ({ method: 'PUT', url: sessions, headers: { ...accept, 'x-hm-authorization': token } }),
      refusal: [405, refusal('BAD_REQUEST', 'Method PUT is not supported for /hybridity/api/sessions')]
    },
    'wrong media type': {
      request: token => ({
        method: 'POST',
        url: sessions,
        headers: { ...accept, ...form, 'x-hm-authorization': token },
        payload: 'username=demo&password=demo'
      }),
      refusal: {
        documented: [400, ''],
        observed: [400, refusal('BAD_REQUEST', 'Unsupported content type: application/x-www-form-urlencoded')]
      }
    },
    'malformed body': {
      request: token => ({
        method: 'POST',
        url: sessions,
        headers: { ...jsonOnly, 'x-hm-authorization': token },
        payload: '{"username":"demo",'
      }),
      refusal: { documented: [400, ''], observed: [400, refusal('BAD_REQUEST', 'Malformed JSON request body')] }
    }
  },
  tooLong: [413, refusal('BAD_REQUEST', 'Request body is too large')],
  odd: { method: 'POST', url: sessions, headers: jsonOnly, payload: oddCredentials },
  refusalOf: () => [401, refusal('INVALID_SESSION_TOKEN', 'No valid session found')],
  useOperation: 'about',
  refusals: {
    'bad-credentials': [401, ''],
    'missing-field': [400, ''],
    'bad-request': [400, ''],
    'too-large': [413, '"errorCode":"BAD_REQUEST","error":"Request body is too large"}'],
    'no-session': [401, ''],
    'expired-session': [401, ''],
    forbidden: [401, ''],
    'rate-limited': [429, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Too Many Requests"}'],
    'server-error': [500, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Internal Server Error"}'],
    unavailable: [503, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Service Unavailable"}'],
    'not-found': [404, '"errorCode":"BAD_REQUEST","error":"No such resource: /hybridity/api/sessions"}'],
    'method-not-allowed': [405, '"error":"Method POST is not supported for /hybridity/api/sessions"}']
  },
  refusalsAtUse: {
    'bad-credentials': [401, '"errorCode":"INVALID_CREDENTIALS","error":"Invalid username or password."}'],
    'missing-field': [400, '"errorCode":"BAD_REQUEST","error":"Missing required field: username"}'],
    'bad-request': [400, '"errorCode":"BAD_REQUEST","error":"Bad Request"}'],
    'no-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No valid session found"}'],
    'expired-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No valid session found"}'],
    forbidden: [403, '"errorCode":"NOT_ENOUGH_PRIVILEGES","error":"User does not have enough privileges"}'],
    'not-found': [404, '"errorCode":"BAD_REQUEST","error":"No such resource: /hybridity/api/about"}'],
    'method-not-allowed': [405, '"error":"Method GET is not supported for /hybridity/api/about"}']
  },
  refusalsAtLogout: {
    'bad-credentials': [401, '"errorCode":"INVALID_CREDENTIALS","error":"Invalid username or password."}'],
    'missing-field': [400, '"errorCode":"BAD_REQUEST","error":"Missing required field: username"}'],
    'bad-request': [400, '"errorCode":"BAD_REQUEST","error":"Bad Request"}'],
    'no-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No valid session found"}'],
    'expired-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No valid session found"}'],
    forbidden: [403, '"errorCode":"NOT_ENOUGH_PRIVILEGES","error":"User does not have enough privileges"}'],
    'method-not-allowed': [405, '"error":"Method DELETE is not supported for /hybridity/api/sessions"}']
  }
}
