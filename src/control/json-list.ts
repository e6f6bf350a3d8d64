import type { ServerResponse } from 'node:http'
import type { Slices } from '../base/in-slices.js'
import { StreamResponse } from './endpoint.js'

/** A long list in a JSON response: each item is rendered when it is written. */
export class JsonList<Item> {
  readonly #items: Iterable<Item>
  readonly #render: (item: Item) => unknown

  constructor(items: Iterable<Item>, render: (item: Item) => unknown) {
    this.#items = items
    this.#render = render
  }

  *texts(): Generator<string> {
    for (const item of this.#items) yield JSON.stringify(this.#render(item))
  }
}

/** A JsonList in place of an array, for a document that is only written as JSON. */
export const makeLater = <Item, Made>(items: readonly Item[], make: (item: Item) => Made): Made[] =>
  new JsonList(items, make) as unknown as Made[]

/** A JSON response with lists that are written in slices of time. */
export const jsonInSlices = async (value: object, slices: Slices): Promise<StreamResponse> => {
  const pieces = await jsonPieces(value, slices)
  return new StreamResponse(response => sendPieces(pieces, response))
}

/** The pieces of a JSON text with a line end, with lists that are written in slices of time. */
export const jsonPieces = async (value: object, slices: Slices): Promise<readonly Buffer[]> => {
  const writer = new Writer()
  await write(value, writer, slices)
  writer.add('\n')
  return writer.pieces()
}

const write = async (value: unknown, writer: Writer, slices: Slices): Promise<void> => {
  if (value instanceof JsonList) return writeList(value, writer, slices)
  if (Array.isArray(value)) return writeEach(value, writer, slices)
  if (typeof value !== 'object' || value === null) return writer.add(JSON.stringify(value))
  let before = '{'
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    writer.add(`${before}${JSON.stringify(key)}:`)
    await write(member, writer, slices)
    before = ','
  }
  writer.add(before === '{' ? '{}' : '}')
}

const writeEach = async (items: readonly unknown[], writer: Writer, slices: Slices): Promise<void> => {
  writer.add('[')
  for (const [index, item] of items.entries()) {
    if (index > 0) writer.add(',')
    await write(item, writer, slices)
  }
  writer.add(']')
}

const writeList = async (list: JsonList<unknown>, writer: Writer, slices: Slices): Promise<void> => {
  let before = '['
  for (const text of list.texts()) {
    if (slices.isOver) await slices.next()
    writer.add(before)
    writer.add(text)
    before = ','
  }
  writer.add(before === '[' ? '[]' : ']')
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
