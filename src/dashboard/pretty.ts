/** Longer bodies are shown as they came. */
const longest = 200_000

/** A body for reading: JSON and XML are indented, all else is as it came. */
export const prettyBody = (body: string): string => {
  if (body.length > longest) return body
  const text = body.trim()
  if (/^[[{]/.test(text)) return prettyJson(text) ?? body
  return text.startsWith('<') && text.endsWith('>') ? prettyXml(text) : body
}

const prettyJson = (text: string): string | undefined => {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return undefined
  }
}

/** A line for each tag; an element that holds only text stays on one line. */
const prettyXml = (text: string): string => {
  let depth = 0
  const lines: string[] = []
  for (const [part] of text.matchAll(/<(\w[^\s<>/]*)[^<>]*>[^<]*<\/\1>|<[^>]*>|[^<]+/g)) {
    if (part.trim() === '') continue
    if (part.startsWith('</')) depth = Math.max(0, depth - 1)
    lines.push(`${'  '.repeat(depth)}${part.trim()}`)
    if (/^<\w/.test(part) && !part.endsWith('/>') && !part.includes('</')) depth += 1
  }
  return lines.join('\n')
}

/** Whether a text is hardly one: bytes that were no text became U+FFFD. */
export const isBinary = (body: string): boolean =>
  /[^\P{Cc}\t\n\r\f\v]/u.test(body) || (body.match(/\ufffd/g)?.length ?? 0) > body.length / 10
