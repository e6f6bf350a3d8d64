import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'

/** An element's content: text, or its children in order. Attributes are children whose name starts with `@`. */
export interface XmlTree {
  readonly [name: string]: string | XmlTree
}

export interface XmlStyle {
  /** The encoding's name, in the letter case that the product prints. */
  readonly encoding: string
  readonly indent: string
}

let builder: Promise<typeof import('./xmlbuilder.js')> | undefined

/** An XML document, indented, without a final line break. The library is loaded at first use: it is slow to start. */
export const xml = async (tree: XmlTree, { encoding, indent }: XmlStyle): Promise<string> => {
  builder ??= import('./xmlbuilder.js')
  const { create } = await builder
  const document: XMLBuilder = create({ version: '1.0', encoding, invalidCharReplacement: '\uFFFD' }, literal(tree))
  return document.end({ prettyPrint: true, indent })
}

/**
 * The library decodes `&lt;` and its like in what it is given, and then escapes no `&` that looks like the start of an
 * entity. Escaped twice before, a text comes out as what it says.
 */
const literal = (tree: XmlTree): XmlTree =>
  Object.fromEntries(
    Object.entries(tree).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.replaceAll('&', '&amp;amp;') : literal(value)
    ])
  )
