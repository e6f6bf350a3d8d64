import type { OverlayValue } from './overlay-document.js'

type Branch = Record<string, unknown> | unknown[]

/** Sets a value in a JSON or XML body, or removes it if undefined. A path without a parent in the body is ignored. */
export const editBody = (body: string, steps: readonly string[], value: OverlayValue | undefined): string =>
  (/^\s*</.test(body) ? editXml : editJson)(body, steps, value)

const editJson = (body: string, steps: readonly string[], value: OverlayValue | undefined): string => {
  const tree = parsed(body)
  const last = steps.at(-1) ?? ''
  const branch = steps.slice(0, -1).reduce<unknown>(stepInto, tree)
  if (!isBranch(branch)) return body
  if (value !== undefined) set(branch, last, value)
  else if (Array.isArray(branch)) branch.splice(Number(last), 1)
  else delete branch[last]
  return JSON.stringify(tree)
}

/** Undefined for a body of another format, in which nothing is to be set. */
const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const set = (branch: Branch, step: string, value: OverlayValue): void => {
  if (Array.isArray(branch)) branch[Number(step)] = value
  else Object.defineProperty(branch, step, { value, enumerable: true, configurable: true, writable: true })
}

/** The member of an object, or the element of a list; undefined if there is none. */
export const stepInto = (tree: unknown, step: string): unknown => {
  if (!isBranch(tree) || !Object.hasOwn(tree, step)) return undefined
  return Array.isArray(tree) ? tree[Number(step)] : tree[step]
}

const isBranch = (tree: unknown): tree is Branch => typeof tree === 'object' && tree !== null

interface Region {
  readonly from: number
  readonly to: number
}

/** The positions of an element, of its opening tag, and of its content. */
interface Element extends Region {
  readonly name: string
  readonly tag: Region
  readonly content: Region
  readonly children: readonly Element[]
}

/**
 * Sets an element or attribute in an XML body, or removes it if undefined. An object has attributes as keys with `@`, and its text
 * as `#`; the elements of a list have the same name. A text keeps the attributes of its element. Everything else stays as written.
 */
const editXml = (body: string, steps: readonly string[], value: OverlayValue | undefined): string => {
  const last = steps.at(-1) ?? ''
  const parent = steps
    .slice(0, -1)
    .reduce<Element | undefined>(
      (element, step) => element?.children.find(({ name }) => name === step),
      elementsOf(body)
    )
  if (!parent) return body
  if (last.startsWith('@'))
    return editAttribute(body, parent.tag, last.slice(1), value === undefined ? undefined : String(value))
  if (last === '#') return setText(body, parent, value === undefined ? '' : String(value))
  const [first, ...others] = parent.children.filter(({ name }) => name === last)
  if (!first) return value === undefined ? body : append(body, parent, render(last, value))
  const single = others.reduceRight(remove, body)
  if (value === undefined) return remove(single, first)
  return replace(
    single,
    first,
    isBranch(value) ? render(last, value) : withContent(body, first, escaped(String(value)))
  )
}

const token = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<\/?([^\s/>]+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>/g

/** The elements of a document, as the children of one without a name. */
const elementsOf = (body: string): Element => {
  const all = { from: 0, to: body.length }
  const open: (Element & { children: Element[] })[] = [
    { ...all, name: '', tag: { from: 0, to: 0 }, content: all, children: [] }
  ]
  for (const { 0: text, 1: name, index } of body.matchAll(token)) {
    if (name === undefined) continue
    const tag = { from: index, to: index + text.length }
    if (!text.startsWith('</')) open.push({ ...tag, name, tag, content: { from: tag.to, to: tag.to }, children: [] })
    else if (open.at(-1)?.name !== name) continue
    if (!/^<\/|\/>$/.test(text)) continue
    const element = open.pop()
    if (element) open.at(-1)?.children.push({ ...element, to: tag.to, content: { from: element.tag.to, to: tag.from } })
  }
  return open[0] ?? { ...all, name: '', tag: all, content: all, children: [] }
}

const replace = (body: string, { from, to }: Region, text: string): string =>
  body.slice(0, from) + text + body.slice(to)

/** Together with the preceding white space. */
const remove = (body: string, { from, to }: Region): string => {
  const blank = /(?<!\s)\s*$/.exec(body.slice(0, from))?.[0].length ?? 0
  return replace(body, { from: from - blank, to }, '')
}

/** The element with another content, also if it had none: `<a/>`. */
const withContent = (body: string, { name, tag }: Element, content: string): string =>
  `${body.slice(tag.from, tag.to).replace(/(?<!\s)\s*\/>$/, '>')}${content}</${name}>`

/** After the last child, with the indentation of the children. */
const append = (body: string, parent: Element, child: string): string => {
  if (parent.name === '') return `${body.trimEnd()}\n${child}`
  const text = contentOf(body, parent)
  const indent = /^\s*/.exec(text)?.[0] ?? ''
  const kept = text.trimEnd()
  return replace(body, parent, withContent(body, parent, `${kept}${indent}${child}${text.slice(kept.length)}`))
}

/** The text of an element, before its children. */
const setText = (body: string, element: Element, text: string): string => {
  const children = element.children.map(({ from, to }) => body.slice(from, to))
  return replace(body, element, withContent(body, element, escaped(text) + children.join('')))
}

const contentOf = (body: string, { tag, content }: Element): string =>
  content.from < tag.to ? '' : body.slice(content.from, content.to)

const render = (name: string, value: OverlayValue): string => {
  if (isList(value)) return value.map(each => render(name, each)).join('')
  if (!isBranch(value)) return `<${name}>${escaped(String(value))}</${name}>`
  const all = Object.entries(value)
  const attributes = all.filter(([key]) => key.startsWith('@')).map(([key, each]) => attribute(key.slice(1), each))
  const content = all
    .filter(([key]) => !key.startsWith('@'))
    .map(([key, each]) => (key === '#' ? escaped(String(each)) : render(key, each)))
  return `<${name}${attributes.join('')}>${content.join('')}</${name}>`
}

const isList = (value: OverlayValue): value is readonly OverlayValue[] => Array.isArray(value)

const editAttribute = (body: string, tag: Region, name: string, value: string | undefined): string => {
  const text = body.slice(tag.from, tag.to)
  const known = new RegExp(`(?<!\\s)\\s+${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*=\\s*(?:"[^"]*"|'[^']*')`)
  const added = value === undefined ? '' : attribute(name, value)
  const edited = known.test(text)
    ? text.replace(known, () => added)
    : text.replace(/(?<!\s)\s*(\/?)>$/, end => `${added}${end.trim()}`)
  return replace(body, tag, edited)
}

const attribute = (name: string, value: OverlayValue): string =>
  ` ${name}="${escaped(String(value)).replaceAll('"', '&quot;')}"`

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
