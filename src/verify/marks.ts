/** Names in braces: `{login}`, `{dead token}`. They cannot be confused with JSON. */
const mark = /\{([a-z][a-z0-9_ ]*)\}/g

/** The names of the placeholders and marks in a text. */
export const marksIn = (text: string): string[] => [...text.matchAll(mark)].map(([, name = '']) => name)

/** Replaces each mark. */
export const replaceMarks = (text: string, replace: (name: string, at: number) => string): string =>
  text.replace(mark, (_whole, name: string, at: number) => replace(name, at))

/** Regular expressions of the marks of all products. */
export const commonPatterns: Readonly<Record<string, string>> = {
  number: '\\d+',
  text: '[^"<]*',
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
}

/** Marks with a known value, and regular expressions of the others. */
export interface MarkScope {
  readonly values: Readonly<Record<string, string>>
  readonly patterns: Readonly<Record<string, string>>
}

/** The regular expression for a complete text with marks. `encode` encodes values for the format of the text. */
export const expressionOf = (
  text: string,
  { values, patterns }: MarkScope,
  encode = (value: string) => value
): RegExp => {
  const parts = text.split(mark).map((part, index) => {
    if (index % 2 === 0) return escapeExpression(part)
    const value = values[part]
    return value === undefined ? `(?:${patterns[part] ?? '.*'})` : escapeExpression(encode(value))
  })
  return new RegExp(`^${parts.join('')}$`, 's')
}

export const escapeExpression = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
