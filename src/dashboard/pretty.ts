/** Longer bodies are not formatted. */
const longest = 200_000

/** Formats JSON and XML with indentation; other bodies are unchanged. */
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

/** One line per tag; an element with only text is one line. */
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

/** Whether a body is binary: many of its bytes became U+FFFD. */
export const isBinary = (body: string): boolean =>
  /[^\P{Cc}\t\n\r\f\v]/u.test(body) || (body.match(/\ufffd/g)?.length ?? 0) > body.length / 10
