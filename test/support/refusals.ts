import type { Test } from 'tap'
import type { FailureName } from '../../src/product/failure.js'
import type { Driver, Reply, Words } from './driver.js'

/** What a product says of a failure: the status, and a part of its body that tells it, or nothing where it has none. */
export const words = ({ product: { name } }: Driver, by: 'login' | 'use' | 'logout', failure: FailureName): Words => {
  const elsewhere = by === 'login' ? undefined : { use: atUse, logout: atLogout }[by][name]
  return elsewhere?.[failure] ?? atLogin[name]?.[failure] ?? [0, `${name} has no words for ${failure}`]
}

/** The reply has this status, and a body that tells this, or none where there is nothing to tell. */
export const says = (t: Test, { statusCode, body }: Reply, [status, part]: Words): void => {
  t.equal(statusCode, status)
  if (part === '') t.equal(body, '')
  else t.ok(body.includes(part), `${part} is in ${body}`)
}

/** What each product says of a failure at login. */
const atLogin: Readonly<Record<string, Readonly<Record<FailureName, Words>>>> = {
  netbrain: {
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
  videntity: {
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
  cbrain: {
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
  },
  hcx: {
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
  }
}

type Elsewhere = Readonly<Record<string, Readonly<Partial<Record<FailureName, Words>>>>>

/** Where it says another thing of a failure when a session is used. */
const atUse: Elsewhere = {
  netbrain: {
    'missing-field': [
      400,
      `{"statusCode":791000,"statusDescription":"Null parameter: the parameter 'tenantId' cannot be`
    ]
  },
  videntity: { 'missing-field': [200, '<error_detail>Mandatory field session_key is missing</error_detail>'] },
  hcx: { 'method-not-allowed': [405, '"error":"Method GET is not supported for /api/admin/v1/sessions"}'] }
}

/** Where it says another thing of a failure at logout. */
const atLogout: Elsewhere = {
  ...atUse,
  hcx: {
    'no-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"}'],
    'expired-session': [401, '"errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"}'],
    'server-error': [500, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Error during logout"}'],
    'method-not-allowed': [405, '"error":"Method DELETE is not supported for /api/admin/v1/sessions"}']
  }
}
