import { cbrain } from '../../../routes/cbrain.js'
import { type Driver, form, json, stuffed } from '../driver.js'

const accept = { accept: 'application/json' }
const authorization = (token: string) => ({ ...accept, authorization: `Bearer ${token}` })

export const driver: Driver = {
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
  unknownToken: '00112233445566778899aabbccddeeff',
  invalidRequests: {
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
  refusalOf: () => [401, ''],
  useOperation: 'session',
  refusals: {
    'bad-credentials': [401, ''],
    'missing-field': [401, ''],
    'bad-request': [400, '{"status":400,"error":"Bad Request"}'],
    'too-large': [413, '{"status":413,"error":"Payload Too Large"}'],
    'no-session': [401, ''],
    'expired-session': [401, ''],
    forbidden: [401, ''],
    'rate-limited': [429, '{"status":429,"error":"Too Many Requests"}'],
    'server-error': [500, '{"status":500,"error":"Internal Server Error"}'],
    unavailable: [503, '{"status":503,"error":"Service Unavailable"}'],
    'not-found': [404, '{"status":404,"error":"Not Found"}'],
    'method-not-allowed': [404, '{"status":404,"error":"Not Found"}']
  }
}
