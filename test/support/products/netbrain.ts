import { netbrain } from '../../../routes/netbrain.js'
import { type Driver, form, json, spaced } from '../driver.js'

const credentials = '{"username":"demo","password":"demo"}'
const oddCredentials = '{"__proto__":{"username":"x"},"constructor":1,"username":"demo","password":"demo"}'

const base = '/ServicesAPI/API/V1'
const nullBody =
  '{"statusCode":791000,"statusDescription":"Null parameter: the parameter \'request body\' cannot be null."}'

export const driver: Driver = {
  product: netbrain,
  login: bytes => ({ method: 'POST', url: `${base}/Session`, headers: json, payload: spaced(credentials, bytes) }),
  issued: ({ body }) => JSON.parse(body).token,
  use: token => ({ method: 'GET', url: `${base}/CMDB/Tenants`, headers: { token } }),
  logout: token => ({ method: 'DELETE', url: `${base}/Session`, headers: { token } }),
  succeeded: ({ statusCode, body }) => statusCode === 200 && body.includes('"statusCode":790200'),
  unknownToken: 'a63c6610-1a44-4907-bb57-784179d30ba3',
  invalidRequests: {
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
  refusalOf: (state, by, fidelity) =>
    fidelity === 'observed' && by === 'logout' && state !== 'unknown'
      ? [401, '{"statusCode":795010,"statusDescription":"Session not exist"}']
      : [401, '{"statusCode":795005,"statusDescription":"Invalid token."}'],
  useOperation: 'tenants',
  refusals: {
    'bad-credentials': [401, '{"statusCode":795000,"statusDescription":"Invalid username or password."}'],
    'missing-field': [401, '{"statusCode":795000,"statusDescription":"Invalid username or password."}'],
    'bad-request': [400, `"statusDescription":"Null parameter: the parameter 'request body' cannot be null."}`],
    'too-large': [400, `"statusDescription":"Null parameter: the parameter 'request body' cannot be null."}`],
    'no-session': [401, '{"statusCode":795005,"statusDescription":"Invalid token."}'],
    'expired-session': [401, '{"statusCode":795005,"statusDescription":"Invalid token."}'],
    forbidden: [403, '{"statusCode":795001,"statusDescription":"The current user has no access permissions'],
    'rate-limited': [429, '{"statusCode":795011,"statusDescription":"API calls exceeded the limit."}'],
    'server-error': [500, '{"statusCode":793001,"statusDescription":"Inner exception. please check system log'],
    unavailable: [503, '{"statusCode":793000,"statusDescription":"Unexpected Error."}'],
    'not-found': [404, '{"statusCode":793404,"statusDescription":"No resource"}'],
    'method-not-allowed': [405, '{"statusCode":793405,"statusDescription":"Method is not supported"}']
  },
  refusalsAtUse: {
    'missing-field': [
      400,
      `{"statusCode":791000,"statusDescription":"Null parameter: the parameter 'tenantId' cannot be`
    ]
  },
  refusalsAtLogout: {
    'missing-field': [
      400,
      `{"statusCode":791000,"statusDescription":"Null parameter: the parameter 'tenantId' cannot be`
    ]
  }
}
