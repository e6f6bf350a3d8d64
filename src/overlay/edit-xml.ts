interface Region {
  readonly from: number
  readonly to: number
}

/** The positions of an element, of its opening tag, and of its content. */
interface Element extends Region {
  readonly tag: Region
  readonly content: Region
}

/** Sets the text of an element or attribute in an XML body, or removes it if undefined. */
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
  if (value === undefined) return element ? remove(body, element) : body
  return element
    ? replace(body, element, `${openTag(body, element)}${escaped(value)}</${last}>`)
    : append(body, parent, last, value)
}

const find = (body: string, { from, to }: Region, name: string): Element | undefined => {
  const text = body.slice(from, to)
  const open = new RegExp(`<${escapeName(name)}(?:\\s[^<>]*?)?(/?)>`).exec(text)
  if (!open) return undefined
  const tag = { from: from + open.index, to: from + open.index + open[0].length }
  if (open[1] === '/') return { from: tag.from, to: tag.to, tag, content: { from: tag.to, to: tag.to } }
  const close = `</${name}>`
  const at = text.indexOf(close, open.index)
  const end = at < 0 ? to : from + at
  return { from: tag.from, to: at < 0 ? to : end + close.length, tag, content: { from: tag.to, to: end } }
}

const escapeName = (name: string): string => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

const replace = (body: string, { from, to }: Region, text: string): string =>
  body.slice(0, from) + text + body.slice(to)

const openTag = (body: string, { tag }: Element): string => body.slice(tag.from, tag.to).replace(/(?<!\s)\s*\/>$/, '>')

/** Together with the preceding white space. */
const remove = (body: string, { from, to }: Element): string => {
  const blank = /(?<!\s)\s*$/.exec(body.slice(0, from))?.[0].length ?? 0
  return replace(body, { from: from - blank, to }, '')
}

/** After the last child, with the indentation of the children. */
const append = (body: string, { content }: Element, name: string, value: string): string => {
  const text = body.slice(content.from, content.to)
  const indent = /^\s*/.exec(text)?.[0] ?? ''
  const end = content.from + text.trimEnd().length
  return replace(body, { from: end, to: end }, `${indent}<${name}>${escaped(value)}</${name}>`)
}

const editAttribute = (body: string, tag: Region, name: string, value: string | undefined): string => {
  const text = body.slice(tag.from, tag.to)
  const known = new RegExp(`(?<!\\s)\\s+${escapeName(name)}="[^"]*"`)
  const attribute = value === undefined ? '' : ` ${name}="${escaped(value).replaceAll('"', '&quot;')}"`
  const edited = known.test(text)
    ? text.replace(known, () => attribute)
    : text.replace(/(?<!\s)\s*(\/?)>$/, end => `${attribute}${end.trim()}`)
  return replace(body, tag, edited)
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
