import type { Slices } from './in-slices.js'

/** Reads long JSON in UTF-8 without a stall: the value that JSON.parse makes of it. Throws a SyntaxError. `most`: bytes that are read at once. */
export const parseJsonInSlices = (bytes: Buffer, slices: Slices, most = 65_536): Promise<unknown> =>
  new JsonReader(bytes, slices, most).read()

/** Containers within containers of which each is read member by member: those within them are read at once. */
const deepest = 16

type Members = unknown[] | Record<string, unknown>

/** A list or an object of which a part is read. */
interface Container {
  readonly members: Members
  /** The byte that ends it. */
  readonly closing: number
  readonly depth: number
  /** Where its next members begin. */
  from: number
  /** A member has to follow, as a comma stands before. */
  isAfterComma: boolean
}

/** What a look at the next members has found: the place of the comma or bracket behind those that can be read at once. */
type Found = { readonly is: 'members' | 'end'; readonly at: number } | { readonly is: 'long' }

const byteOf = (text: string): number => text.charCodeAt(0)
const [quote, backslash, comma, colon] = [byteOf('"'), byteOf('\\'), byteOf(','), byteOf(':')]
const [openList, closeList, openObject, closeObject] = [byteOf('['), byteOf(']'), byteOf('{'), byteOf('}')]

/** Finds members of lists and objects, and has JSON.parse read many of them together. */
class JsonReader {
  readonly #bytes: Buffer
  readonly #slices: Slices
  readonly #most: number

  constructor(bytes: Buffer, slices: Slices, most: number) {
    this.#bytes = bytes
    this.#slices = slices
    this.#most = most
  }

  async read(): Promise<unknown> {
    const from = this.#skipBlank(0)
    if (!this.#isOpening(from)) return this.#parse('', from, this.#bytes.length, '')
    const root: unknown[] = []
    const to = await this.#container(from, 0, value => root.push(value))
    if (this.#skipBlank(to) < this.#bytes.length) this.#fail(this.#skipBlank(to))
    return root[0]
  }

  /** Reads what begins with that bracket, and gives the place behind its end. */
  async #container(opening: number, depth: number, take: (value: Members) => void): Promise<number> {
    const isList = this.#bytes[opening] === openList
    const container: Container = {
      members: isList ? [] : {},
      closing: isList ? closeList : closeObject,
      depth,
      from: opening + 1,
      isAfterComma: false
    }
    take(container.members)
    for (;;) {
      if (this.#slices.isOver) await this.#slices.next()
      const found = this.#look(container)
      if (found.is === 'long') {
        const end = await this.#long(container)
        if (end !== undefined) return end
      } else {
        this.#take(container, found.at)
        if (found.is === 'end') return found.at + 1
      }
    }
  }

  /** Finds the end of the members that can be read at once. */
  #look({ from, closing }: Container): Found {
    const end = Math.min(this.#bytes.length, from + this.#most)
    let lastComma = -1
    let depth = 0
    for (let at = from; at < end; at += 1) {
      const byte = this.#bytes[at]
      if (byte === quote) at = this.#textEnd(at)
      else if (byte === openList || byte === openObject) depth += 1
      else if (byte === comma && depth === 0) lastComma = at
      else if ((byte === closeList || byte === closeObject) && depth-- === 0) {
        if (byte !== closing) this.#fail(at)
        return { is: 'end', at }
      }
    }
    if (lastComma >= 0) return { is: 'members', at: lastComma }
    return { is: 'long' }
  }

  /** Reads the members up to that comma or bracket. */
  #take(container: Container, at: number): void {
    const { members, from } = container
    const isEnd = this.#bytes[at] === container.closing
    const isBlank = this.#skipBlank(from) === at
    if (isBlank && (!isEnd || container.isAfterComma)) this.#fail(at)
    if (Array.isArray(members)) for (const item of this.#parse('[', from, at, ']') as unknown[]) members.push(item)
    else addMembers(members, this.#parse('{', from, at, '}') as object)
    container.from = at + 1
    container.isAfterComma = !isEnd
  }

  /** Reads a member that is too long to be read with others. Gives the place behind the container where that ends after it. */
  async #long(container: Container): Promise<number | undefined> {
    const { members, from, depth, closing, isAfterComma } = container
    const first = this.#skipBlank(from)
    if (this.#bytes[first] === closing && !isAfterComma) return first + 1
    const [name, begin] = Array.isArray(members) ? ['', this.#skipBlank(from)] : this.#name(from)
    const add = (value: unknown): void => {
      if (Array.isArray(members)) members.push(value)
      else addMembers(members, { [name]: value })
    }
    const isRead = this.#isOpening(begin) && depth < deepest
    const end = isRead ? await this.#container(begin, depth + 1, add) : await this.#valueEnd(begin)
    if (!isRead) add(this.#parse('', begin, end, ''))
    const at = this.#skipBlank(end)
    if (this.#bytes[at] === closing) return at + 1
    if (this.#bytes[at] !== comma) this.#fail(at)
    container.from = at + 1
    container.isAfterComma = true
    return undefined
  }

  /** The name of a member, and where its value begins. */
  #name(from: number): readonly [name: string, begin: number] {
    const begin = this.#skipBlank(from)
    if (this.#bytes[begin] !== quote) this.#fail(begin)
    const end = this.#textEnd(begin) + 1
    const at = this.#skipBlank(end)
    if (this.#bytes[at] !== colon) this.#fail(at)
    return [this.#parse('', begin, end, '') as string, this.#skipBlank(at + 1)]
  }

  /** Behind a long text or number, or what is too deep. */
  async #valueEnd(from: number): Promise<number> {
    let depth = 0
    let pause = from + this.#most
    for (let at = from; at < this.#bytes.length; at += 1) {
      const byte = this.#bytes[at]
      if (at >= pause) {
        if (this.#slices.isOver) await this.#slices.next()
        pause = at + this.#most
      }
      if (byte === quote) at = this.#textEnd(at)
      else if (byte === openList || byte === openObject) depth += 1
      else if ((byte === closeList || byte === closeObject) && depth-- === 0) return at
      else if (byte === comma && depth === 0) return at
    }
    return this.#bytes.length
  }

  /** The place of the quote that ends the text that begins with this one. */
  #textEnd(from: number): number {
    for (let at = from + 1; at < this.#bytes.length; at += 1) {
      const byte = this.#bytes[at]
      if (byte === quote) return at
      if (byte === backslash) at += 1
    }
    return this.#fail(this.#bytes.length)
  }

  #isOpening(at: number): boolean {
    return this.#bytes[at] === openList || this.#bytes[at] === openObject
  }

  #skipBlank(from: number): number {
    let at = from
    while (isBlank(this.#bytes[at])) at += 1
    return at
  }

  /** Reads these bytes between brackets. */
  #parse(before: string, from: number, to: number, after: string): unknown {
    const text = this.#bytes.toString('utf8', from, to)
    try {
      return JSON.parse(`${before}${text}${after}`)
    } catch (error) {
      const what = error instanceof Error ? error.message.replace(/(?: in JSON)? at position .*$/s, '') : error
      throw new SyntaxError(`${what} (in the value at byte ${from})`)
    }
  }

  #fail(at: number): never {
    if (at >= this.#bytes.length) throw new SyntaxError('Unexpected end of JSON input')
    const near = this.#bytes.toString('utf8', at, at + 20)
    throw new SyntaxError(`Unexpected JSON near ${JSON.stringify(near)} at byte ${at}`)
  }
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

const addMembers = (members: Record<string, unknown>, added: object): void => {
  // An assignment to this name would change the prototype.
  for (const [name, value] of Object.entries(added))
    if (name === '__proto__') Object.defineProperty(members, name, { value, ...plain })
    else members[name] = value
}

const plain = { enumerable: true, configurable: true, writable: true }
