export const passwordName = /passw|passphrase|passcode|pwd|secret|credential/i
const tokenName = /(?:token|session[_-]?(?:key|id)|api[_-]?key|authorization|^(?:set-)?cookie)$/i

/** Whether the name of a field or header says that its value is a secret. */
export const isSecret = (name: string): boolean => passwordName.test(name) || tokenName.test(name)

/** A secret by its name, and where in the text its value begins and ends. */
export interface NamedValue {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Every value in a text whose name says that it is a secret, in the order of the text; one may stand within another. */
export const namedValues = (text: string): NamedValue[] =>
  formsOf(text)
    .flatMap(form => [...found(form, text)])
    .sort((a, b) => a.from - b.from)

/** How values are named. Every length before the value is bounded, so that no text is slow to read. */
interface Form {
  /** Ends where the value begins; its first group is the name. */
  readonly before: RegExp
  /** The whole value, from where it begins. */
  value(match: RegExpExecArray): RegExp
}

const formsOf = (text: string): Form[] => {
  if (/^\s*--/.test(text)) return [multipart, json, xml, words]
  return /^\s*[[{<]/.test(text) ? [json, xml, words] : [json, xml, form]
}

const found = function* ({ before, value }: Form, text: string): Generator<NamedValue> {
  for (const match of text.matchAll(before)) {
    const name = plain(match.slice(1).find(group => group !== undefined) ?? '')
    if (!isSecret(name)) continue
    const from = match.index + match[0].length
    const whole = value(match)
    whole.lastIndex = from
    yield { name, from, to: from + (whole.exec(text)?.[0].length ?? 0) }
  }
}

/** A field's name without what encodes it: `user%5Bpassword%5D` and `user[password]` are about a password. */
const plain = (name: string): string =>
  name
    .replace(/%([\da-f]{2})|\\u00([\da-f]{2})/gi, (_, percent, escaped) =>
      String.fromCharCode(Number.parseInt(percent ?? escaped, 16))
    )
    .replace(/\]+$/, '')

/** `name=value` in a query or a form: up to the next field. */
const form: Form = { before: /(?:^|[?&\s])([^\s=&?"'<>{}]{1,200})=/g, value: () => /[^&\r\n]*/y }

/** The same within another text: up to what ends a word. */
const words: Form = { ...form, value: () => /[^&\s"'<>]*/y }

/** `"name":"value"`, also where the quotes are single, the last one is missing, or all of it is a text within JSON. */
const json: Form = {
  before:
    /\\{0,7}["']((?:\\u[\da-fA-F]{4}|[^"'\\\s:,{}]){1,200})\\{0,7}["']\s{0,50}:\s{0,50}(?:\[\s{0,50})?(\\{0,7}["']|(?=-?\d))/g,
  value: ([, , quote = '']) => {
    if (quote === '') return /-?\d[\d.eE+-]*/y
    if (quote === '"') return /(?:\\[\s\S]|[^"\\])*/y
    return quote === "'"
      ? /(?:\\[\s\S]|[^'\\])*/y
      : new RegExp(`(?:(?!${quote.replaceAll('\\', '\\\\')})[\\s\\S])*`, 'y')
  }
}

/** `<name>value</name>`. */
const xml: Form = {
  before: /<([\w.:-]{1,200})(?:\s[^<>]{0,500})?>/g,
  value: () => /(?:<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|[^<])*/y
}

/** A part of a multipart body: its headers, an empty line, and all up to the next boundary. */
const multipart: Form = {
  before:
    /content-disposition:[^\r\n]{0,200}?[;\s]name=(?:"([^"\r\n]{0,200})"|([^\s;"]{1,200}))[^\r\n]{0,500}(?:\r?\n[^\r\n]{1,500}){0,20}\r?\n\r?\n/gi,
  value: () => /(?:(?!\r?\n--)[\s\S])*/y
}
