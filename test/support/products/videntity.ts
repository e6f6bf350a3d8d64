import { videntity } from '../../../routes/videntity.js'
import { type Driver, form, json, stuffed } from '../driver.js'

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

const videntityServerError = (path: string) =>
  videntityError(path, 11, 'SERVER_ERROR', 'The server could not process your request.')

export const driver: Driver = {
  product: videntity,
  login: bytes => ({ method: 'POST', url: '/session/login', headers: form, payload: stuffed(videntityLogin, bytes) }),
  issued: ({ body }) => /<session_key>(.*)<\/session_key>/.exec(body)?.[1] ?? '',
  use: token => ({ method: 'POST', url: '/session/ping', headers: form, payload: `session_key=${token}` }),
  logout: token => ({ method: 'POST', url: '/session/logout', headers: form, payload: `session_key=${token}` }),
  succeeded: ({ body }) => body.includes('<status>SUCCESS</status>'),
  unknownToken: 'Ry5NvPAbceAS123',
  invalidRequests: {
    // It has few paths, which are near those of another product: only its own listener answers unknown paths.
    'unknown path': {
      request: token => ({ method: 'POST', url: '/session/end', headers: form, payload: `session_key=${token}` }),
      refusal: [404, videntityServerError('/session/end')]
    },
    'wrong method': {
      request: token => ({ method: 'PUT', url: '/session/logout', headers: form, payload: `session_key=${token}` }),
      refusal: [405, videntityServerError('/session/logout')]
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
  tooLong: [413, videntityServerError('…')],
  odd: {
    method: 'POST',
    url: '/session/login',
    headers: form,
    payload: `__proto__=x&constructor=x&toString=x&__proto__[username]=x&${videntityLogin}`
  },
  refusalOf: (state, by) =>
    state === 'expired'
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
        ],
  useOperation: 'ping',
  refusals: {
    'bad-credentials': [200, '<error_detail>username, password or account_number is incorrect</error_detail>'],
    'missing-field': [200, '<error_detail>Mandatory field username is missing</error_detail>'],
    'bad-request': [400, '<error_number>11</error_number>'],
    'too-large': [413, '<error_number>11</error_number>'],
    'no-session': [200, '<error_name>SESSION_DOES_NOT_EXIST</error_name>'],
    'expired-session': [200, '<error_name>SESSION_EXPIRED</error_name>'],
    forbidden: [200, '<error_name>AUTHENTICATION_ERROR</error_name>'],
    'rate-limited': [429, '<error_number>11</error_number>'],
    'server-error': [200, '<error_name>SERVER_ERROR</error_name>'],
    unavailable: [503, '<error_name>SERVER_ERROR</error_name>'],
    'not-found': [404, '<error_name>SERVER_ERROR</error_name>'],
    'method-not-allowed': [405, '<error_name>SERVER_ERROR</error_name>']
  },
  refusalsAtUse: { 'missing-field': [200, '<error_detail>Mandatory field session_key is missing</error_detail>'] },
  refusalsAtLogout: { 'missing-field': [200, '<error_detail>Mandatory field session_key is missing</error_detail>'] }
}
