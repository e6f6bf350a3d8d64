import { stepInto } from '../overlay/edit-json.js'
import type { ReceivedAnswer } from './answer.js'
import type { Case } from './case.js'
import type { Values } from './fill.js'

/** The values of a response that a case keeps for later requests; missing ones are omitted. */
export const keptValues = ({ keeps }: Case, { body }: ReceivedAnswer): Values => {
  if (Object.keys(keeps).length === 0) return {}
  const tree = parsed(body)
  return Object.fromEntries(
    Object.entries(keeps).flatMap(([name, path]) => {
      const value = path.split('.').reduce<unknown>(stepInto, tree)
      return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : []
    })
  )
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
