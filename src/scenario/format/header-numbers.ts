import { type Document, isMap, isScalar, isSeq, visit } from 'yaml'

/**
 * Turns the numbers of headers into texts with the same characters: a header is a text, and `X-Build: 1.10` differs from 1.1.
 */
export const keepHeaderNumbers = (doc: Document.Parsed): void => {
  visit(doc, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || key.value !== 'headers' || !isMap(value)) return
      for (const { value: field } of value.items) for (const each of isSeq(field) ? field.items : [field]) keep(each)
    }
  })
}

const keep = (node: unknown): void => {
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = node.source
}
