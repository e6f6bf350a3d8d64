/** A field of a parsed JSON object as text: a string, number or boolean. Undefined for other values and inherited fields. */
export const text = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(value)
}

/** A field of a parsed form or query as text: the last value of a repeated one. */
export const lastText = (source: unknown, name: string): string | undefined => {
  if (!isRecord(source) || !Object.hasOwn(source, name)) return undefined
  const value = source[name]
  return typeof value === 'string' ? value : scalar(Array.isArray(value) ? value.at(-1) : value)
}

/** The fields with lower-case names, for products with case-insensitive names. */
export const lowerCaseKeys = (source: unknown): Readonly<Record<string, unknown>> =>
  isRecord(source) ? Object.fromEntries(Object.entries(source).map(([name, value]) => [name.toLowerCase(), value])) : {}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const scalar = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}
