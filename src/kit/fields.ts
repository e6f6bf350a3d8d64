/** The text of a field in a parsed JSON object: a string, or a number or boolean as its text. Inherited fields are not there. */
export const text = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(value)
}

/** The text of a field in a parsed form or query, where a repeated field counts with its last value. */
export const lastText = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(Array.isArray(value) ? value.at(-1) : value)
}

/** The same fields under lower-case names, for products that do not look at letter case. */
export const lowerCaseKeys = (source: unknown): Readonly<Record<string, unknown>> =>
  isRecord(source) ? Object.fromEntries(Object.entries(source).map(([name, value]) => [name.toLowerCase(), value])) : {}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const scalar = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
