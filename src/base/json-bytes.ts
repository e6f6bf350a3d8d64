import { isError } from './node-globals.js'

const byteOf = (text: string): number => text.charCodeAt(0)
const [backslash, colon] = [byteOf('\\'), byteOf(':')]

export const [quote, comma, openList, closeList, openObject, closeObject] = [
  byteOf('"'),
  byteOf(','),
  byteOf('['),
  byteOf(']'),
  byteOf('{'),
  byteOf('}')
]

/** JSON in UTF-8, with positions in bytes. All methods throw a SyntaxError for invalid JSON. */
export class JsonBytes {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  /** Whether a list or an object begins here. */
  isOpening(at: number): boolean {
    return this.bytes[at] === openList || this.bytes[at] === openObject
  }

  /** The position of the closing quote of the text that begins here. */
  textEnd(from: number): number {
    for (let at = from + 1; at < this.bytes.length; at += 1) {
      const byte = this.bytes[at]
      if (byte === quote) return at
      if (byte === backslash) at += 1
    }
    return this.fail(this.bytes.length)
  }

  /** The next position without white space. */
  skipBlank(from: number): number {
    let at = from
    while (isBlank(this.bytes[at])) at += 1
    return at
  }

  /** The name of a member, and the position of its value. */
  name(from: number): readonly [name: string, begin: number] {
    const begin = this.skipBlank(from)
    if (this.bytes[begin] !== quote) this.fail(begin)
    const end = this.textEnd(begin) + 1
    const at = this.skipBlank(end)
    if (this.bytes[at] !== colon) this.fail(at)
    return [this.parse('', begin, end, ''), this.skipBlank(at + 1)]
  }

  /** Parses these bytes between two brackets, or none. */
  parse<Value>(before: string, from: number, to: number, after: string): Value {
    const text = this.bytes.toString('utf8', from, to)
    try {
      return JSON.parse(`${before}${text}${after}`)
    } catch (error) {
      const problem = isError(error) ? error.message.replace(/(?: in JSON)? at position .*$/s, '') : error
      throw new SyntaxError(`${problem} (in the value at byte ${from})`)
    }
  }

  fail(at: number): never {
    if (at >= this.bytes.length) throw new SyntaxError('Unexpected end of JSON input')
    const near = this.bytes.toString('utf8', at, at + 20)
    throw new SyntaxError(`Unexpected JSON near ${JSON.stringify(near)} at byte ${at}`)
  }
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
