/**
 * The end of the quoted text that begins at `from`: the same quote with the same number of backslashes, or the end of the text.
 */
export const quotedEnd = (text: string, quote: string, from: number): number => {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 1))
    if (quote.length > 1 || !isEscaped(text, at, from)) return at
  return text.length
}

const isEscaped = (text: string, at: number, from: number): boolean => {
  let start = at
  while (start > from && text[start - 1] === '\\') start -= 1
  return (at - start) % 2 === 1
}

const piece = /\\{0,7}["']|[[{\]}]|[^\s"'[\]{},:\\]+|[\s\S]/y

/**
 * The positions of all values, without keys, in the JSON object or list that begins at `start`. The last position is empty: the
 * end of that object or list.
 */
export const nestedValues = (text: string, start: number): [number, number][] => {
  const found: [number, number][] = []
  let at = start
  for (let depth = 0; at < text.length; ) {
    piece.lastIndex = at
    const [token = ''] = piece.exec(text) ?? []
    const from = /["']$/.test(token) ? at + token.length : at
    const to = from > at ? quotedEnd(text, token, from) : at + token.length
    at = from > at ? to + token.length : to
    if (/^[[{]$/.test(token)) depth += 1
    else if (/^[\]}]$/.test(token)) depth -= 1
    else if (isValue(text, token, at)) found.push([from, Math.min(to, text.length)])
    if (depth === 0) break
  }
  return [...found, [at, at]]
}

const isValue = (text: string, token: string, after: number): boolean => {
  if (/^(?:[\s,:\\]|null|true|false)$/.test(token)) return false
  colon.lastIndex = after
  return !colon.test(text)
}

const colon = /\s*:/y
