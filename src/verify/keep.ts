import type { ReceivedAnswer } from './answer.js'
import type { Case } from './case.js'
import type { Values } from './fill.js'

/** The values of an answer that a case keeps for later requests; those that are not there are left out. */
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

const stepInto = (tree: unknown, step: string): unknown =>
  typeof tree === 'object' && tree !== null && Object.hasOwn(tree, step)
    ? (tree as Readonly<Record<string, unknown>>)[step]
    : undefined

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
