import { redactorOf } from '../journal/redaction.js'
import type { Redactor } from '../journal/redactor.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import { isSecret } from '../journal/secret-fields.js'
import { controlPath } from '../product/unmatched.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlRequest, Endpoint } from './endpoint.js'

/** The log entry of a change by the control API: a line such as `control ~w1 PUT /__admin/clock action=advance by=31m`, and its fields. */
export const describeChange = (
  { method, path, text }: Endpoint,
  { space, scoped, params, body }: ControlRequest
): [line: string, fields: Record<string, unknown>] => {
  const url = `${controlPath}${path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')}`
  const redact = redactorOf(space.secrets)
  const input = text ? { title: secretsOf(space.scenario).title } : plainValues(body, redact)
  const words = Object.entries(input).map(([key, value]) => `${key}=${value}`)
  const prefix = scoped && space.name !== defaultSpaceName ? [`~${space.name}`] : []
  const line = ['control', ...prefix, method, url, ...words].join(' ').replace(/\p{C}/gu, '?')
  return [line, { ...(scoped && { space: space.name }), method, url, ...input }]
}

/** Texts and numbers, without secrets. */
const plainValues = (body: unknown, redact: Redactor): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).flatMap(
      ([key, value]): [string, string | number][] => {
        if (isSecret(key)) return []
        if (typeof value === 'string') return [[key, redact(value)]]
        return typeof value === 'number' ? [[key, value]] : []
      }
    )
  )
