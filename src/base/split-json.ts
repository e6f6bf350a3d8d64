/** A member of the outermost object; of one that is a list, an item of that list. */
export interface JsonPiece {
  readonly name: string
  readonly value: unknown
  readonly isItem: boolean
  /** Where it stands, in bytes from the beginning. */
  readonly start: number
  readonly end: number
}

/** Reads a JSON object of any size piece by piece: no more than one piece of it is in memory. */
export class JsonSplitter {
  readonly #decoder = new TextDecoder()
  /** How many brackets are open, and among how many the pieces stand: 1 in the object, 2 in a list, -1 behind it all. */
  #depth = 0
  #level = 0
  #list = ''
  #isText = false
  #isEscaped = false
  /** What has come of a piece, where it begins, and whether it may be empty: before a bracket, or before a comma too. */
  #piece = ''
  #start = 0
  #startLine = 1
  #mayBeEmpty: 'never' | 'at the end' | 'always' = 'never'
  #position = 0
  #line = 1

  constructor(readonly found: (piece: JsonPiece) => void) {}

  /** Takes the next bytes, cut anywhere. Throws an Error that names the line. */
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

  /** There is no more. Throws an Error where that is in the middle. */
  end(): void {
    if (this.#level === 0 || (this.#level < 0 && this.#piece.trim() !== '')) this.#fail('expected one object')
    if (this.#level > 0) this.#fail('it ends in the middle')
  }

  /** Whether the byte begins or ends a piece; counts brackets. */
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
        this.#give(at)
      this.#mayBeEmpty = byte === 0x2c ? 'never' : 'always'
      if (byte !== 0x2c) this.#close(byte)
    }
    this.#piece = ''
    this.#start = at + 1
    this.#startLine = this.#line
  }

  #open(byte: number): void {
    if (this.#level === 1) this.#list = Object.keys(this.#parse(`{${this.#piece}0}`) as object)[0] ?? ''
    else if (this.#level !== 0 || byte !== 0x7b || this.#piece.trim() !== '') this.#fail('expected one object')
    this.#level += 1
    this.#mayBeEmpty = 'at the end'
  }

  #close(byte: number | undefined): void {
    if (byte !== (this.#level === 1 ? 0x7d : 0x5d)) this.#fail('the brackets do not fit')
    this.#level = this.#level === 1 ? -1 : 1
  }

  #give(end: number): void {
    const where = { start: this.#start, end }
    if (this.#level === 2) this.found({ ...where, name: this.#list, value: this.#parse(this.#piece), isItem: true })
    else
      for (const [name, value] of Object.entries(this.#parse(this.#piece.trim() && `{${this.#piece}}`) as object))
        this.found({ ...where, name, value, isItem: false })
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      return this.#fail(String(error).replace(/^\w+: |(?: in JSON)? at position .*$/gs, ''))
    }
  }

  #fail(what: string): never {
    throw new Error(`line ${this.#startLine}: ${what}`)
  }
}
