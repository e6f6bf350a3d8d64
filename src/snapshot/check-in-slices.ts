import { getOrCreate } from '../base/get-or-create.js'
import type { Slices } from '../base/in-slices.js'
import { isRecord } from '../kit/fields.js'
import type { Check } from '../scenario/format/schema-check.js'
import type { Path, ValidationIssue } from '../scenario/validation-issue.js'

/** The parts of a JSON Schema with the schemas of members and items. */
interface Schema {
  readonly properties?: Readonly<Record<string, object>>
  readonly items?: object
}

/** Number of items of a list in one check. */
const together = 500

/** Maximum depth of lists that are checked in slices; deeper ones are checked at once. */
const deepest = 8

/** The items of a list after its first ones. */
interface Rest {
  readonly path: Path
  readonly items: readonly unknown[]
}

/** Checks values against a schema in slices of time: first the value with the first items of its lists, then the other items. */
export const createCheckInSlices = (
  schema: Schema,
  compile: (schema: object) => Check
): ((value: unknown, slices: Slices) => Promise<readonly ValidationIssue[]>) => {
  const checkWhole = compile(schema)
  const checks = new Map<object, Check>()
  const checkItems = (items: object) => getOrCreate(checks, items, () => compile({ type: 'array', items }))
  return async (value, slices) => {
    const rests: Rest[] = []
    const issues = checkWhole(shortened(value, [], rests))
    for (let rest = rests.shift(); rest && issues.length === 0; rest = rests.shift()) {
      const items = schemaAt(schema, rest.path)?.items
      if (items) issues.push(...(await restIssues(rest, checkItems(items), slices)))
    }
    return issues
  }
}

const restIssues = async ({ path, items }: Rest, check: Check, slices: Slices): Promise<ValidationIssue[]> => {
  for (let from = together; from < items.length; from += together) {
    if (slices.isOver) await slices.next()
    const issues = check(items.slice(from, from + together))
    if (issues.length > 0)
      return issues.map(issue => {
        const [index, ...within] = issue.path
        return { ...issue, path: [...path, Number(index) + from, ...within] }
      })
  }
  return []
}

/** The value with only the first items of its lists; the other items are added to `rests`. */
const shortened = (value: unknown, path: Path, rests: Rest[]): unknown => {
  if (path.length > deepest) return value
  if (Array.isArray(value)) {
    if (value.length > together) rests.push({ path, items: value })
    return value.slice(0, together).map((item, index) => shortened(item, [...path, index], rests))
  }
  if (!isRecord(value)) return value
  const members = Object.entries(value).map(([key, member]) => [key, shortened(member, [...path, key], rests)])
  return Object.fromEntries(members)
}

const schemaAt = (schema: Schema, path: Path): Schema | undefined =>
  path.reduce<Schema | undefined>(
    (found, key) => (typeof key === 'number' ? found?.items : found?.properties?.[key]),
    schema
  )
