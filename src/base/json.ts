import { isError } from './node-globals.js'
import type { Slices } from './slices.js'

/** Parses long JSON in UTF-8 like JSON.parse, without blocking the event loop. Throws a SyntaxError. `limit`: bytes parsed at once. */
export const parseJsonInSlices = (bytes: Buffer, slices: Slices, limit = 65_536): Promise<unknown> =>
  new JsonReader(bytes, slices, limit).read()

/** Maximum depth of containers that are read member by member; deeper ones are parsed at once. */
const maxDepth = 16

type Members = unknown[] | Record<string, unknown>

/** A list or an object that is being read. */
interface Container {
  readonly members: Members
  /** Its closing bracket. */
  readonly closing: number
  readonly depth: number
  /** Position of the next members. */
  from: number
  /** A member must follow the last comma. */
  isAfterComma: boolean
}

/** The position of the comma or bracket after the members that can be parsed at once; `long` if the next one is too long. */
type Found = { readonly is: 'members' | 'end'; readonly at: number } | { readonly is: 'long' }

/** Finds the members of lists and objects, and parses many of them at once. */
class JsonReader {
  readonly #json: JsonBytes
  readonly #slices: Slices
  readonly #limit: number

  constructor(bytes: Buffer, slices: Slices, limit: number) {
    this.#json = new JsonBytes(bytes)
    this.#slices = slices
    this.#limit = limit
  }

  async read(): Promise<unknown> {
    const from = this.#json.skipBlank(0)
    if (!this.#json.isOpening(from)) return this.#json.parse('', from, this.#json.bytes.length, '')
    const root: unknown[] = []
    const to = await this.#readContainer(from, 0, value => root.push(value))
    if (this.#json.skipBlank(to) < this.#json.bytes.length) this.#json.fail(this.#json.skipBlank(to))
    return root[0]
  }

  /** Reads the container that begins here. Resolves to the position after its end. */
  async #readContainer(opening: number, depth: number, onStart: (value: Members) => void): Promise<number> {
    const isList = this.#json.bytes[opening] === openList
    const container: Container = {
      members: isList ? [] : {},
      closing: isList ? closeList : closeObject,
      depth,
      from: opening + 1,
      isAfterComma: false
    }
    onStart(container.members)
    for (;;) {
      if (this.#slices.isOver) await this.#slices.next()
      const found = this.#findMembers(container)
      if (found.is === 'long') {
        const end = await this.#readLong(container)
        if (end !== undefined) return end
      } else {
        this.#readMembers(container, found.at)
        if (found.is === 'end') return found.at + 1
      }
    }
  }

  /** Finds the end of the members that can be parsed at once. */
  #findMembers({ from, closing }: Container): Found {
    const end = Math.min(this.#json.bytes.length, from + this.#limit)
    let lastComma = -1
    let depth = 0
    for (let at = from; at < end; at += 1) {
      const byte = this.#json.bytes[at]
      if (byte === quote) at = this.#json.textEnd(at)
      else if (byte === openList || byte === openObject) depth += 1
      else if (byte === comma && depth === 0) lastComma = at
      else if ((byte === closeList || byte === closeObject) && depth-- === 0) {
        if (byte !== closing) this.#json.fail(at)
        return { is: 'end', at }
      }
    }
    if (lastComma >= 0) return { is: 'members', at: lastComma }
    return { is: 'long' }
  }

  /** Parses the members up to this comma or bracket. */
  #readMembers(container: Container, at: number): void {
    const { members, from } = container
    const isEnd = this.#json.bytes[at] === container.closing
    const isBlank = this.#json.skipBlank(from) === at
    if (isBlank && (!isEnd || container.isAfterComma)) this.#json.fail(at)
    if (Array.isArray(members)) for (const item of this.#json.parse<unknown[]>('[', from, at, ']')) members.push(item)
    else addMembers(members, this.#json.parse('{', from, at, '}'))
    container.from = at + 1
    container.isAfterComma = !isEnd
  }

  /** Reads a long member. Resolves to the position after the container if the member is its last one. */
  async #readLong(container: Container): Promise<number | undefined> {
    const { members, from, depth, closing, isAfterComma } = container
    const first = this.#json.skipBlank(from)
    if (this.#json.bytes[first] === closing && !isAfterComma) return first + 1
    const [name, begin] = Array.isArray(members) ? ['', this.#json.skipBlank(from)] : this.#json.name(from)
    const add = (value: unknown): void => {
      if (Array.isArray(members)) members.push(value)
      else addMembers(members, { [name]: value })
    }
    const isRead = this.#json.isOpening(begin) && depth < maxDepth
    const end = isRead ? await this.#readContainer(begin, depth + 1, add) : await this.#valueEnd(begin)
    if (!isRead) add(this.#json.parse('', begin, end, ''))
    const at = this.#json.skipBlank(end)
    if (this.#json.bytes[at] === closing) return at + 1
    if (this.#json.bytes[at] !== comma) this.#json.fail(at)
    container.from = at + 1
    container.isAfterComma = true
    return undefined
  }

  /** The end of a long text or number, or of a container that is too deep. */
  async #valueEnd(from: number): Promise<number> {
    let depth = 0
    let pause = from + this.#limit
    for (let at = from; at < this.#json.bytes.length; at += 1) {
      const byte = this.#json.bytes[at]
      if (at >= pause) {
        if (this.#slices.isOver) await this.#slices.next()
        pause = at + this.#limit
      }
      if (byte === quote) at = this.#json.textEnd(at)
      else if (byte === openList || byte === openObject) depth += 1
      else if ((byte === closeList || byte === closeObject) && depth-- === 0) return at
      else if (byte === comma && depth === 0) return at
    }
    return this.#json.bytes.length
  }
}

const addMembers = (members: Record<string, unknown>, added: object): void => {
  // An assignment to this name would change the prototype.
  for (const [name, value] of Object.entries(added))
    if (name === '__proto__') Object.defineProperty(members, name, { value, ...plain })
    else members[name] = value
}

const plain = { enumerable: true, configurable: true, writable: true }

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
class JsonBytes {
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
