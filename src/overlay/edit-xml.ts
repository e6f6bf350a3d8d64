interface Region {
  readonly from: number
  readonly to: number
}

/** An element in a text: the whole, its opening tag, and its content. */
interface Element extends Region {
  readonly tag: Region
  readonly content: Region
}

/** The text of an XML body with the text of an element or attribute set or, where it is undefined, removed. */
export const editXml = (body: string, steps: readonly string[], value: string | undefined): string => {
  const last = steps.at(-1) ?? ''
  const parent = steps
    .slice(0, -1)
    .reduce<Element | undefined>((element, step) => element && find(body, element.content, step), {
      from: 0,
      to: body.length,
      tag: { from: 0, to: 0 },
      content: { from: 0, to: body.length }
    })
  if (!parent) return body
  if (last.startsWith('@')) return editAttribute(body, parent.tag, last.slice(1), value)
  const element = find(body, parent.content, last)
  if (value === undefined) return element ? removed(body, element) : body
  return element
    ? put(body, element, `${openTag(body, element)}${escaped(value)}</${last}>`)
    : added(body, parent, last, value)
}

const find = (body: string, { from, to }: Region, name: string): Element | undefined => {
  const text = body.slice(from, to)
  const open = new RegExp(`<${escapeName(name)}(?:\\s[^>]*?)?(/?)>`).exec(text)
  if (!open) return undefined
  const tag = { from: from + open.index, to: from + open.index + open[0].length }
  if (open[1] === '/') return { from: tag.from, to: tag.to, tag, content: { from: tag.to, to: tag.to } }
  const close = `</${name}>`
  const at = text.indexOf(close, open.index)
  const end = at < 0 ? to : from + at
  return { from: tag.from, to: at < 0 ? to : end + close.length, tag, content: { from: tag.to, to: end } }
}

const escapeName = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const put = (body: string, { from, to }: Region, text: string): string => body.slice(0, from) + text + body.slice(to)

const openTag = (body: string, { tag }: Element): string => body.slice(tag.from, tag.to).replace(/\s*\/>$/, '>')

/** With the white space before it. */
const removed = (body: string, { from, to }: Element): string => {
  const blank = /\s*$/.exec(body.slice(0, from))?.[0].length ?? 0
  return put(body, { from: from - blank, to }, '')
}

/** After the last child, on a line of its own where the children are. */
const added = (body: string, { content }: Element, name: string, value: string): string => {
  const text = body.slice(content.from, content.to)
  const indent = /^\s*/.exec(text)?.[0] ?? ''
  const end = content.from + text.trimEnd().length
  return put(body, { from: end, to: end }, `${indent}<${name}>${escaped(value)}</${name}>`)
}

const editAttribute = (body: string, tag: Region, name: string, value: string | undefined): string => {
  const text = body.slice(tag.from, tag.to)
  const known = new RegExp(`\\s+${escapeName(name)}="[^"]*"`)
  const attribute = value === undefined ? '' : ` ${name}="${escaped(value).replaceAll('"', '&quot;')}"`
  const edited = known.test(text)
    ? text.replace(known, () => attribute)
    : text.replace(/\s*(\/?)>$/, end => `${attribute}${end.trim()}`)
  return put(body, tag, edited)
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
