/** Longer bodies are not formatted. */
const longest = 200_000

/** Maximum depth of the indentation: that of thousands of open tags would be longer than the memory. */
const deepest = 20

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
  for (const part of partsOf(text)) {
    if (part.trim() === '') continue
    if (part.startsWith('</')) depth = Math.max(0, depth - 1)
    lines.push(`${'  '.repeat(Math.min(depth, deepest))}${part.trim()}`)
    if (/^<\w/.test(part) && !part.endsWith('/>') && !part.includes('</')) depth += 1
  }
  return lines.join('\n')
}

/** Tags and texts; an element with only text is one part. */
const partsOf = (xml: string): string[] => {
  const parts: string[] = []
  for (const [piece] of xml.matchAll(/<[^<>]*>?|[^<]+/g)) {
    const [, name = ''] = /^<\/(\w[^\s<>/]*)>$/.exec(piece) ?? []
    const from = parts.at(-1)?.startsWith('<') ? -1 : -2
    const tag = parts.at(from) ?? ''
    const isSimple = name !== '' && tag.startsWith(`<${name}`) && /[\s>]/.test(tag[name.length + 1] ?? '')
    parts.push(isSimple ? [...parts.splice(from), piece].join('') : piece)
  }
  return parts
}

/** Whether a body is binary: many of its bytes became U+FFFD. */
export const isBinary = (body: string): boolean =>
  /[^\P{Cc}\t\n\r\f\v]/u.test(body) || (body.match(/\ufffd/g)?.length ?? 0) > body.length / 10
