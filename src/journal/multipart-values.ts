import type { NamedValue } from './named-value.js'

const disposition = /content-disposition:/gi

/**
 * The secret parts of a multipart body, each from the empty line after its headers to the next boundary. Undefined if the text
 * has no part. The preamble is ignored.
 */
export const multipartValues = (text: string, isSecret: (name: string) => boolean): NamedValue[] | undefined => {
  const pattern = new RegExp(disposition)
  let found: NamedValue[] | undefined
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    found ??= []
    const blank = /\r?\n\r?\n/g
    blank.lastIndex = match.index
    const end = blank.exec(text)
    if (!end) break
    const from = end.index + end[0].length
    const name = namesIn(text.slice(match.index, end.index)).find(isSecret)
    const to = name === undefined ? from : partEnd(text, from)
    if (name !== undefined) found.push({ name, from, to })
    pattern.lastIndex = to
  }
  return found
}

const namesIn = (headers: string): string[] =>
  [...headers.matchAll(/[;\s]name\*?=(?:"([^"\r\n]*)"|([^\s;"]+))/gi)].map(([, quoted, bare = '']) => quoted ?? bare)

const partEnd = (text: string, from: number): number => {
  const boundary = /\r?\n--/g
  boundary.lastIndex = from
  return boundary.exec(text)?.index ?? text.length
}
