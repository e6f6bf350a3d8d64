import { isRecord } from '../product/fields.js'
import { create } from '../product/xmlbuilder.js'
import type { CaseRequest, Cases } from './cases.js'
import { headerOf, type ReceivedAnswer } from './http-transport.js'

/** A leaf of an expected body with marks. `bare`: a JSON value that is not a string. */
export class MarkedLeaf {
  constructor(
    readonly text: string,
    readonly bare: boolean
  ) {}
}

export type Leaf = string | number | boolean | null | MarkedLeaf
/** In XML, attributes are keys with `@`, in the order of the alphabet; `#` is the text beside them or beside children. */
export type Tree = Leaf | readonly Tree[] | Branch
export interface Branch {
  readonly [key: string]: Tree
}

/** A parsed body; `text` if it is neither JSON nor XML. */
export interface ParsedBody {
  readonly format: 'empty' | 'JSON' | 'XML' | 'HTML' | 'text'
  readonly tree: Tree
}

/** Parses a received body. */
export const parseBody = (body: string): ParsedBody => {
  if (body.trim() === '') return { format: 'empty', tree: '' }
  const json = parseJson(body)
  if (json !== undefined) return { format: 'JSON', tree: json }
  if (/^\s*(?:<!doctype html|<html)/i.test(body)) return { format: 'HTML', tree: body }
  const xml = parseXml(body)
  return xml === undefined ? { format: 'text', tree: body } : { format: 'XML', tree: xml }
}

/** Parses an expected body; its marks become marked leaves. */
export const parseExpectedBody = (body: string): ParsedBody => {
  const isJson = /^\s*[[{]/.test(body)
  const { format, tree } = parseBody(replaceMarks(body, (name, at) => (isJson ? jsonSign(body, name, at) : sign(name))))
  return { format, tree: withMarks(tree) }
}

/** The token in a login response, at any depth of its body or in its header. */
export const tokenOf = (answer: ReceivedAnswer, { tokenIn: { field, header } }: Cases): string | undefined => {
  const inBody = field === undefined ? undefined : fieldIn(parseBody(answer.body).tree, field)
  const token = inBody ?? (header === undefined ? undefined : headerOf(answer, header))
  return token === '' ? undefined : token
}

const fieldIn = (tree: Tree, name: string): string | undefined => {
  if (isList(tree)) return firstOf(tree, each => fieldIn(each, name))
  if (!isBranch(tree)) return undefined
  return firstOf(Object.entries(tree), ([key, value]) => {
    if (key.replace(/^.*:/, '') !== name) return fieldIn(value, name)
    const text = isBranch(value) ? value['#'] : value
    return typeof text === 'string' && text !== '' ? text : undefined
  })
}

const firstOf = <Value, Found>(
  values: readonly Value[],
  find: (value: Value) => Found | undefined
): Found | undefined => {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}

/** Private-use characters, which no body contains: they replace the braces of marks during parsing. */
const [open, close, bare] = ['\uE000', '\uE001', '\uE002']

const sign = (name: string): string => `${open}${name}${close}`

const jsonSign = (body: string, name: string, at: number): string =>
  isInString(body, at) ? sign(name) : `"${bare}${sign(name)}"`

const isInString = (body: string, at: number): boolean =>
  (body.slice(0, at).replace(/\\./g, '').match(/"/g)?.length ?? 0) % 2 === 1

const withMarks = (tree: Tree): Tree => {
  if (typeof tree === 'string' && tree.includes(open)) {
    const text = tree.replaceAll(open, '{').replaceAll(close, '}').replaceAll(bare, '')
    return new MarkedLeaf(text, tree.includes(bare))
  }
  return mapTree(tree, withMarks)
}

export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree)

export const isBranch = (tree: Tree | undefined): tree is Branch => isRecord(tree) && !(tree instanceof MarkedLeaf)

/** The tree with its direct members changed; a leaf stays. */
export const mapTree = (tree: Tree, change: (tree: Tree, key: string) => Tree): Tree => {
  if (isList(tree)) return tree.map((each, index) => change(each, String(index)))
  if (!isBranch(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, change(value, key)]))
}

/** The path of a member of a tree: `data.user`. */
export const joinPath = (path: string, step: string | number): string =>
  path === '' ? String(step) : `${path}.${step}`

const parseJson = (body: string): Tree | undefined => {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}

const parseXml = (body: string): Tree | undefined => {
  if (!/^\s*</.test(body)) return undefined
  try {
    const document: XmlNode = create(body.trim()).doc().node
    const root = [...document.childNodes].find(isElement)
    return root && { [root.nodeName]: elementTree(root) }
  } catch {
    return undefined
  }
}

/** What is read of a node of an XML document. */
interface XmlNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly nodeValue: string | null
  readonly childNodes: Iterable<XmlNode>
}

interface XmlElement extends XmlNode {
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>
}

const isElement = (node: XmlNode): node is XmlElement => node.nodeType === 1

const isText = ({ nodeType }: XmlNode): boolean => nodeType === 3 || nodeType === 4

/** Comments, white space around texts, and the border of a CDATA section are no content. */
const elementTree = (element: XmlElement): Tree => {
  const children = new Map<string, Tree[]>()
  for (const node of element.childNodes)
    if (isElement(node)) children.set(node.nodeName, [...(children.get(node.nodeName) ?? []), elementTree(node)])
  const text = [...element.childNodes]
    .filter(isText)
    .map(({ nodeValue }) => nodeValue ?? '')
    .join('')
    .trim()
  const attributes = [...element.attributes].map(({ name, value }) => [`@${name}`, value] as const).sort()
  if (attributes.length === 0 && children.size === 0) return text
  return Object.fromEntries([
    ...attributes,
    ...(text === '' ? [] : [['#', text] as const]),
    ...[...children].map(([name, trees]): [string, Tree] => [name, trees.length === 1 ? (trees[0] ?? '') : trees])
  ])
}

/** Names in braces: `{login}`, `{dead token}`. They cannot be confused with JSON. */
const mark = /\{([a-z][a-z0-9_ ]*)\}/g

/** The names of the placeholders and marks in a text. */
export const marksIn = (text: string): string[] => [...text.matchAll(mark)].map(([, name = '']) => name)

/** Replaces each mark. */
const replaceMarks = (text: string, replace: (name: string, at: number) => string): string =>
  text.replace(mark, (_whole, name: string, at: number) => replace(name, at))

/** Regular expressions of the marks of all products. */
export const commonPatterns: Readonly<Record<string, string>> = {
  number: '\\d+',
  'unix milliseconds': '1\\d{12}',
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

/** Values of placeholders, by name. */
export type Values = Readonly<Record<string, string>>

/** The placeholders of a request without a value. */
export const missingValues = (request: CaseRequest, values: Values): string[] =>
  textsOf(request)
    .flatMap(marksIn)
    .filter(name => values[name] === undefined)

/** The placeholders of a request. */
export const placeholdersOf = (request: CaseRequest): string[] => textsOf(request).flatMap(marksIn)

/** Replaces placeholders by their values, encoded for the URL, the header or the format of the body. */
export const fillRequest = ({ method, target, headers, body }: CaseRequest, values: Values): CaseRequest => ({
  method,
  target: fill(target, values, encodeURIComponent),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, fill(text, values)])),
  body: body === undefined ? undefined : fill(body, values, bodyEncoding(body, headers))
})

const fill = (text: string, values: Values, encode = (value: string) => value): string =>
  replaceMarks(text, name => encode(values[name] ?? `{${name}}`))

type Encode = (value: string) => string

const bodyEncoding = (body: string, headers: Values): Encode => {
  if (/^\s*[[{"]/.test(body)) return inJson
  if (/^\s*</.test(body)) return inXml
  return Object.values(headers).some(value => /^multipart\//i.test(value)) ? value => value : encodeURIComponent
}

const inJson: Encode = value => JSON.stringify(value).slice(1, -1)

const inXml: Encode = value => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const textsOf = ({ target, headers, body = '' }: CaseRequest): string[] => [target, ...Object.values(headers), body]
