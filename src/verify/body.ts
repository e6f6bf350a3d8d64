import { isRecord } from '../kit/fields.js'
import { create } from '../kit/xmlbuilder.js'
import { headerOf, type ReceivedAnswer } from './answer.js'
import type { Cases } from './case.js'
import { replaceMarks } from './marks.js'

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
