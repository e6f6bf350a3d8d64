import { getOrCreate } from '../base/collections.js'
import type { MaybePromise } from '../base/promises.js'

/** The content of an element: its children in order; a list has several of one name. Names of attributes start with `@`. */
export interface XmlTree {
  readonly [name: string]: XmlContent | readonly XmlContent[]
}

type XmlContent = string | XmlTree

interface XmlStyle {
  /** The name of the encoding, in the letter case of the wire. */
  readonly encoding: string
  readonly indent: string
}

type Library = typeof import('./xmlbuilder.js')

/** Loaded at first use, as it is slow to load. */
let library: Library | undefined

/**
 * An XML document, indented, without a final line break. The library renders each shape of a document once; for later documents of
 * this shape only the texts are replaced.
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

/** Templates by shape; bounded by the number of response formats of the products. */
const templates = new Map<string, Template>()

/** A rendered document with placeholders for its texts. */
class Template {
  readonly #pieces: readonly string[]
  /** Indices of the texts between the pieces. */
  readonly #indices: readonly number[]

  constructor(library: Library, tree: XmlTree, style: XmlStyle) {
    const parts = render(library, marked(tree, { texts: 0 }), style).split(mark)
    this.#pieces = parts.filter((_part, index) => index % 2 === 0)
    this.#indices = parts.filter((_part, index) => index % 2 === 1).map(Number)
  }

  fill(texts: readonly string[]): string {
    let filled = this.#pieces[0] ?? ''
    for (let index = 0; index < this.#indices.length; index += 1)
      filled += (texts[this.#indices[index] ?? 0] ?? '') + (this.#pieces[index + 1] ?? '')
    return filled
  }
}

/** A placeholder, in private use characters of Unicode. */
const mark = /\uE000(\d+)\uE001/

const marked = (tree: XmlTree, count: { texts: number }): XmlTree =>
  mapped(tree, value => (typeof value === 'string' ? `\uE000${count.texts++}\uE001` : marked(value, count)))

/** A non-empty text without characters to escape or replace. */
const plain = /^[!#-%'-;=?-~][ !#-%'-;=?-~]*$/

/** The names of the tree; adds its texts to `texts`. Undefined if a text is not plain. */
const shapeOf = (tree: XmlTree, texts: string[]): string | undefined => {
  let shape = ''
  for (const name in tree) {
    const value = tree[name] ?? ''
    for (const each of isList(value) ? value : [value]) {
      const inner = shapeOfContent(each, texts)
      if (inner === undefined) return undefined
      shape += name + inner
    }
  }
  return shape
}

const shapeOfContent = (content: XmlContent, texts: string[]): string | undefined => {
  if (typeof content === 'string') return plain.test(content) && texts.push(content) ? ' ' : undefined
  const inner = shapeOf(content, texts)
  return inner === undefined ? undefined : `(${inner})`
}

const isList = (value: XmlContent | readonly XmlContent[]): value is readonly XmlContent[] => Array.isArray(value)

const render = ({ create }: Library, tree: XmlTree, { encoding, indent }: XmlStyle): string =>
  create({ version: '1.0', encoding, invalidCharReplacement: '\uFFFD' }, literal(tree)).end({
    prettyPrint: true,
    indent
  })

/**
 * The library decodes entities such as `&lt;` in its input, and does not escape an `&` before a name. Escaping twice beforehand
 * renders each text literally.
 */
const literal = (tree: XmlTree): XmlTree =>
  mapped(tree, value => (typeof value === 'string' ? value.replaceAll('&', '&amp;amp;') : literal(value)))

const mapped = (tree: XmlTree, change: (content: XmlContent) => XmlContent): XmlTree =>
  Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [name, isList(value) ? value.map(change) : change(value)])
  )
