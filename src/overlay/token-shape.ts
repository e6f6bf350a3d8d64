import { hash } from 'node:crypto'

/** Makes tokens of a form, of bytes that are drawn at random. */
export type TokenMaker = (draw: Buffer) => string

/** The characters that may stand at a place of a token. */
type Place = string

/** What makes tokens of this form; undefined where it is no sequence of characters, classes and counts. */
export const tokenMaker = (shape: string): TokenMaker | undefined => {
  const places = placesOf(shape)
  if (places === undefined) return undefined
  return draw => {
    const bytes = stretched(draw, places.length)
    return places.map((place, index) => place[(bytes[index] ?? 0) % place.length]).join('')
  }
}

/** How many places of the form differ from token to token. */
export const randomPlaces = (shape: string): number => placesOf(shape)?.filter(({ length }) => length > 1).length ?? 0

const part = /\[((?:[^\]\\]|\\.)+)\](?:\{(\d{1,4})\})?|\\(.)|([^[\]{}()*+?.|^$\\])/gy

const placesOf = (shape: string): Place[] | undefined => {
  const places: Place[] = []
  let end = 0
  for (const { 0: whole, 1: set, 2: count = '1', 3: escaped, 4: plain, index } of shape.matchAll(part)) {
    const place = set === undefined ? (escaped ?? plain ?? '') : charactersOf(set)
    if (place === '') return undefined
    places.push(...Array.from({ length: Number(count) }, () => place))
    end = index + whole.length
  }
  return end === shape.length && places.length > 0 ? places : undefined
}

/** `0-9a-f` is sixteen characters. */
const charactersOf = (set: string): string =>
  set.replace(/(\w)-(\w)/g, (_range, first: string, last: string) => {
    const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => String.fromCharCode(from + index)).join('')
  })

/** As many bytes as are wanted, which depend on these alone. */
const stretched = (draw: Buffer, length: number): Buffer => {
  const pieces = [draw]
  for (let count = draw.length; count < length; count += 32)
    pieces.push(hash('sha256', `${draw.toString('hex')} ${count}`, 'buffer'))
  return Buffer.concat(pieces)
}
