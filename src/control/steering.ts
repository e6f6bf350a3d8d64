import { controlPath } from '../product/unmatched.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { ControlRequest, Endpoint } from './endpoint.js'

/** What a request to the control API has changed: a line for the log, such as `control ~w1 PUT /__admin/clock action=advance by=31m`, and its facts. */
export const steeringOf = (
  { method, path, text }: Endpoint,
  { space, scoped, params, body }: ControlRequest
): [words: string, facts: Record<string, unknown>] => {
  const url = `${controlPath}${path.replace(/\{(\w+)\}/g, (_, name) => params[name] ?? '')}`
  const given = text ? { title: space.scenario.title } : plainValues(body)
  const words = Object.entries(given).map(([key, value]) => `${key}=${value}`)
  const where = scoped && space.name !== defaultSpaceName ? [`~${space.name}`] : []
  const line = ['control', ...where, method, url, ...words].join(' ').replace(/\p{C}/gu, '?')
  return [line, { ...(scoped && { space: space.name }), method, url, ...given }]
}

/** Texts and numbers, without tokens, which are secrets. */
const plainValues = (body: unknown): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).filter(
      ([key, value]) => key !== 'token' && (typeof value === 'string' || typeof value === 'number')
    )
  )
