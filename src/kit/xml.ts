import { getOrCreate } from '../base/get-or-create.js'
import type { MaybePromise } from '../base/maybe-promise.js'

/** An element's content: text, or its children in order. Attributes are children whose name starts with `@`. */
export interface XmlTree {
  readonly [name: string]: string | XmlTree
}

export interface XmlStyle {
  /** The encoding's name, in the letter case that the product prints. */
  readonly encoding: string
  readonly indent: string
}

type Library = typeof import('./xmlbuilder.js')

/** Loaded once for the process, at first use: it is slow to start. */
let library: Library | undefined

/**
 * An XML document, indented, without a final line break. The library renders each shape of a document once; later documents of
 * that shape only have other texts.
 */
export const xml = (tree: XmlTree, style: XmlStyle): MaybePromise<string> =>
  library ? document(library, tree, style) : load().then(loaded => document(loaded, tree, style))

const load = async (): Promise<Library> => {
  library ??= await import('./xmlbuilder.js')
  return library
}

const document = (library: Library, tree: XmlTree, style: XmlStyle): string => {
  const texts: string[] = []
  const shape = shapeOf(tree, texts)
  if (shape === undefined) return render(library, tree, style)
  const key = `${style.encoding} ${style.indent.length} ${shape}`
  return getOrCreate(templates, key, () => new Template(library, tree, style)).fill(texts)
}

/** By shape. There are as many as the products have kinds of answers. */
const templates = new Map<string, Template>()

/** A document with places for its texts. */
class Template {
  readonly #pieces: readonly string[]
  /** Before each piece but the first: which text. */
  readonly #places: readonly number[]

  constructor(library: Library, tree: XmlTree, style: XmlStyle) {
    const parts = render(library, marked(tree, { texts: 0 }), style).split(mark)
    this.#pieces = parts.filter((_part, index) => index % 2 === 0)
    this.#places = parts.filter((_part, index) => index % 2 === 1).map(Number)
  }

  fill(texts: readonly string[]): string {
    let filled = this.#pieces[0] ?? ''
    for (let index = 0; index < this.#places.length; index += 1)
      filled += (texts[this.#places[index] ?? 0] ?? '') + (this.#pieces[index + 1] ?? '')
    return filled
  }
}

/** Private characters of Unicode, which no text in a template has. */
const mark = /\uE000(\d+)\uE001/

const marked = (tree: XmlTree, count: { texts: number }): XmlTree =>
  mapped(tree, value => (typeof value === 'string' ? `\uE000${count.texts++}\uE001` : marked(value, count)))

/** A text that needs no escaping or replacement, and is not empty. */
const plain = /^[!#-%'-;=?-~][ !#-%'-;=?-~]*$/

/** The names of the tree; its texts go into the list. Undefined where one of them is not plain. */
const shapeOf = (tree: XmlTree, texts: string[]): string | undefined => {
  let shape = ''
  for (const name in tree) {
    const value = tree[name] ?? ''
    if (typeof value === 'string') {
      if (!plain.test(value)) return undefined
      texts.push(value)
      shape += `${name} `
      continue
    }
    const inner = shapeOf(value, texts)
    if (inner === undefined) return undefined
    shape += `${name}(${inner})`
  }
  return shape
}

const render = ({ create }: Library, tree: XmlTree, { encoding, indent }: XmlStyle): string =>
  create({ version: '1.0', encoding, invalidCharReplacement: '\uFFFD' }, literal(tree)).end({
    prettyPrint: true,
    indent
  })

/**
 * The library decodes `&lt;` and its like in what it is given, and then escapes no `&` that looks like the start of an
 * entity. Escaped twice before, a text comes out as what it says.
 */
const literal = (tree: XmlTree): XmlTree =>
  mapped(tree, value => (typeof value === 'string' ? value.replaceAll('&', '&amp;amp;') : literal(value)))

const mapped = (tree: XmlTree, change: (value: string | XmlTree) => string | XmlTree): XmlTree =>
  Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, change(value)]))
