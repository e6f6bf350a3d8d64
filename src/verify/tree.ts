import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import { isRecord } from '../kit/fields.js'
import { replaceMarks } from './marks.js'

/** A leaf of an expected body with marks. `bare`: a JSON value that is not a string. */
export class MarkedLeaf {
  constructor(
    readonly text: string,
    readonly bare: boolean
  ) {}
}

export type Leaf = string | number | boolean | null | MarkedLeaf
export type Tree = Leaf | readonly Tree[] | { readonly [key: string]: Tree }

/** A parsed body; `text` if it is neither JSON nor XML. */
export interface ParsedBody {
  readonly format: 'empty' | 'JSON' | 'XML' | 'HTML' | 'text'
  readonly tree: Tree
}

/** Parses a received body. */
export const parseBody = async (body: string): Promise<ParsedBody> => {
  if (body === '') return { format: 'empty', tree: '' }
  const json = parseJson(body)
  if (json !== undefined) return { format: 'JSON', tree: json }
  if (/^\s*(?:<!doctype html|<html)/i.test(body)) return { format: 'HTML', tree: body }
  const xml = await parseXml(body)
  return xml === undefined ? { format: 'text', tree: body } : { format: 'XML', tree: xml }
}

/** Parses an expected body; its marks become marked leaves. */
export const parseExpectedBody = async (body: string): Promise<ParsedBody> => {
  const isJson = /^\s*[[{]/.test(body)
  const { format, tree } = await parseBody(
    replaceMarks(body, (name, at) => (isJson ? jsonSign(body, name, at) : sign(name)))
  )
  return { format, tree: withMarks(tree) }
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
  if (isList(tree)) return tree.map(withMarks)
  if (!isBranch(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, withMarks(value)]))
}

export const isList = (tree: Tree | undefined): tree is readonly Tree[] => Array.isArray(tree)

export const isBranch = (tree: Tree | undefined): tree is { readonly [key: string]: Tree } =>
  isRecord(tree) && !(tree instanceof MarkedLeaf)

/** The tree of an object that an XML parser returned. */
const treeOf = (value: unknown): Tree => {
  if (Array.isArray(value)) return value.map(treeOf)
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, treeOf(each)]))
  return String(value)
}

const parseJson = (body: string): Tree | undefined => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

const parseXml = async (body: string): Promise<Tree | undefined> => {
  if (!/^\s*</.test(body)) return undefined
  const { create } = await import('../kit/xmlbuilder.js')
  try {
    const document: XMLBuilder = create(body)
    return treeOf(document.toObject({ wellFormed: true }))
  } catch {
    return undefined
  }
}
