import type { ServerResponse } from 'node:http'
import type { Slices } from '../base/in-slices.js'

/** A long list in a JSON document: each item is rendered when it is written. */
export class JsonList {
  private constructor(readonly items: () => Iterable<unknown>) {}

  static of<Item>(items: Iterable<Item>, render: (item: Item) => unknown): JsonList {
    return new JsonList(function* () {
      for (const item of items) yield render(item)
    })
  }

  /** The items of several lists, one list after the other. */
  static join(lists: readonly (JsonList | readonly unknown[])[]): JsonList {
    return new JsonList(function* () {
      for (const list of lists) yield* list instanceof JsonList ? list.items() : list
    })
  }
}

/** A JsonList in place of an array, for a document that is only written as JSON. */
export const makeLater = <Item, Made>(items: readonly Item[], make: (item: Item) => Made): Made[] =>
  JsonList.of(items, make) as unknown as Made[]

/** Sends a document as JSON, which is written in slices of time before the first byte is sent; not after a disconnect. */
export const sendJson = async (value: object, slices: Slices, response: ServerResponse): Promise<void> =>
  sendPieces(await jsonPieces(value, slices, () => response.destroyed), response)

/** The pieces of a JSON text with a line end, written in slices of time while it is wanted. */
export const jsonPieces = async (
  value: object,
  slices: Slices,
  isUnwanted: () => boolean = () => false
): Promise<readonly Buffer[]> => {
  const writer = new Writer()
  for (const text of textsOf(value)) {
    if (slices.isOver) await slices.next()
    if (isUnwanted()) return []
    writer.add(text)
  }
  writer.add('\n')
  return writer.pieces()
}

function* textsOf(value: unknown): Generator<string> {
  if (value instanceof JsonList) {
    yield* listTexts(value.items(), item => [JSON.stringify(item)])
    return
  }
  if (Array.isArray(value)) {
    yield* listTexts(value, textsOf)
    return
  }
  if (typeof value !== 'object' || value === null) {
    yield JSON.stringify(value)
    return
  }
  let before = '{'
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    yield `${before}${JSON.stringify(key)}:`
    yield* textsOf(member)
    before = ','
  }
  yield before === '{' ? '{}' : '}'
}

function* listTexts<Item>(items: Iterable<Item>, write: (item: Item) => Iterable<string>): Generator<string> {
  let before = '['
  for (const item of items) {
    yield before
    yield* write(item)
    before = ','
  }
  yield before === '[' ? '[]' : ']'
}

/** Characters of a piece. */
const pieceSize = 65_536

/** Joins texts to pieces for sending. */
class Writer {
  readonly #pieces: Buffer[] = []
  #text = ''

  add(text: string): void {
    this.#text += text
    if (this.#text.length >= pieceSize) this.#flush()
  }

  pieces(): readonly Buffer[] {
    this.#flush()
    return this.#pieces
  }

  #flush(): void {
    this.#pieces.push(Buffer.from(this.#text))
    this.#text = ''
  }
}

const sendPieces = (pieces: readonly Buffer[], response: ServerResponse): void => {
  if (response.destroyed) return
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(length) })
  const left = pieces[Symbol.iterator]()
  const sendNext = (): void => {
    for (let step = left.next(); !step.done; step = left.next())
      if (!response.write(step.value)) return void response.once('drain', sendNext)
    response.end()
  }
  sendNext()
}
