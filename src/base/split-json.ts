/** A member of the top-level object, or an item of a member that is a list. */
export interface JsonPiece {
  readonly name: string
  readonly value: unknown
  readonly isItem: boolean
  /** Position in bytes from the beginning. */
  readonly start: number
  readonly end: number
}

const membersOf = (value: unknown): [name: string, value: unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/** Streaming parser of a JSON object of any size: only one piece is in memory at a time. */
export class JsonSplitter {
  readonly #decoder = new TextDecoder()
  /** Open brackets, and the number of open brackets around a piece: 1 in the object, 2 in a list, -1 after the object. */
  #depth = 0
  #level = 0
  #list = ''
  #isText = false
  #isEscaped = false
  /** Text of the current piece, its start, and whether it may be empty: before a bracket, or before a comma too. */
  #piece = ''
  #start = 0
  #startLine = 1
  #mayBeEmpty: 'never' | 'at the end' | 'always' = 'never'
  #position = 0
  #line = 1

  constructor(readonly onPiece: (piece: JsonPiece) => void) {}

  /** Parses the next bytes, split anywhere. Throws an Error with the line. */
  push(bytes: Uint8Array): void {
    let from = 0
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index]
      if (byte === 0x0a) this.#line += 1
      if (this.#isText) {
        if (this.#isEscaped) this.#isEscaped = false
        else if (byte === 0x5c) this.#isEscaped = true
        else if (byte === 0x22) this.#isText = false
      } else if (byte === 0x22) this.#isText = true
      else if (this.#isMark(byte)) {
        this.#piece += this.#decoder.decode(bytes.subarray(from, index))
        from = index + 1
        this.#mark(byte, this.#position + index)
      }
    }
    this.#piece += this.#decoder.decode(bytes.subarray(from), { stream: true })
    this.#position += bytes.length
  }

  /** Call after the last bytes. Throws an Error if the object is incomplete. */
  end(): void {
    if (this.#level === 0 || (this.#level < 0 && this.#piece.trim() !== '')) this.#fail('expected one object')
    if (this.#level > 0) this.#fail('unexpected end of the document')
  }

  /** Whether the byte begins or ends a piece. Counts brackets. */
  #isMark(byte: number | undefined): boolean {
    if (byte === 0x2c) return this.#depth === this.#level
    if (byte === 0x7b || byte === 0x5b) {
      this.#depth += 1
      return this.#depth === 1 || (this.#depth === 2 && this.#level === 1 && byte === 0x5b)
    }
    if (byte !== 0x7d && byte !== 0x5d) return false
    this.#depth -= 1
    return this.#depth < this.#level
  }

  #mark(byte: number | undefined, at: number): void {
    if (byte === 0x7b || byte === 0x5b) this.#open(byte)
    else {
      const isEmpty = this.#piece.trim() === ''
      if (!isEmpty || this.#mayBeEmpty === 'never' || (this.#mayBeEmpty === 'at the end' && byte === 0x2c))
        this.#emit(at)
      this.#mayBeEmpty = byte === 0x2c ? 'never' : 'always'
      if (byte !== 0x2c) this.#close(byte)
    }
    this.#piece = ''
    this.#start = at + 1
    this.#startLine = this.#line
  }

  #open(byte: number): void {
    if (this.#level === 1) this.#list = membersOf(this.#parse(`{${this.#piece}0}`))[0]?.[0] ?? ''
    else if (this.#level !== 0 || byte !== 0x7b || this.#piece.trim() !== '') this.#fail('expected one object')
    this.#level += 1
    this.#mayBeEmpty = 'at the end'
  }

  #close(byte: number | undefined): void {
    if (byte !== (this.#level === 1 ? 0x7d : 0x5d)) this.#fail('mismatched brackets')
    this.#level = this.#level === 1 ? -1 : 1
  }

  #emit(end: number): void {
    const where = { start: this.#start, end }
    if (this.#level === 2) this.onPiece({ ...where, name: this.#list, value: this.#parse(this.#piece), isItem: true })
    else
      for (const [name, value] of membersOf(this.#parse(this.#piece.trim() && `{${this.#piece}}`)))
        this.onPiece({ ...where, name, value, isItem: false })
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      return this.#fail(String(error).replace(/^\w+: |(?: in JSON)? at position .*$/gs, ''))
    }
  }

  #fail(problem: string): never {
    throw new Error(`line ${this.#startLine}: ${problem}`)
  }
}
