import { hash } from 'node:crypto'

/** Creates a token of a form from random bytes. */
export type TokenMaker = (draw: Buffer) => string

/** The possible characters at one position of a token. */
type Place = string

/** A creator of tokens of this form; undefined if the form is not a sequence of characters, classes and counts. */
export const tokenMaker = (shape: string): TokenMaker | undefined => {
  const places = placesOf(shape)
  if (places === undefined) return undefined
  return draw => {
    const bytes = stretch(draw, places.length)
    return places.map((place, index) => place[(bytes[index] ?? 0) % place.length]).join('')
  }
}

/** Number of random positions of the form. */
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

/** Derives `length` bytes from the drawn ones, deterministically. */
const stretch = (draw: Buffer, length: number): Buffer => {
  const pieces = [draw]
  for (let count = draw.length; count < length; count += 32)
    pieces.push(hash('sha256', `${draw.toString('hex')} ${count}`, 'buffer'))
  return Buffer.concat(pieces)
}
