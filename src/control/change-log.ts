import { controlPath } from '../product/unmatched.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlRequest, Endpoint } from './endpoint.js'

/** The log entry of a change by the control API: a line such as `control ~w1 PUT /__admin/clock action=advance by=31m`, and its fields. */
export const describeChange = (
  { method, path, text }: Endpoint,
  { space, scoped, params, body }: ControlRequest
): [line: string, fields: Record<string, unknown>] => {
  const url = `${controlPath}${path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')}`
  const input = text ? { title: space.scenario.title } : plainValues(body)
  const words = Object.entries(input).map(([key, value]) => `${key}=${value}`)
  const prefix = scoped && space.name !== defaultSpaceName ? [`~${space.name}`] : []
  const line = ['control', ...prefix, method, url, ...words].join(' ').replace(/\p{C}/gu, '?')
  return [line, { ...(scoped && { space: space.name }), method, url, ...input }]
}

/** Texts and numbers, without tokens, which are secrets. */
const plainValues = (body: unknown): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).filter(
      ([key, value]) => key !== 'token' && (typeof value === 'string' || typeof value === 'number')
    )
  )
