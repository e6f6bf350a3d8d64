import { randomBytes } from 'node:crypto'
import { bareValue, isSecret, namedValues } from '../journal/secret-fields.js'
import type { Product } from '../product/product.js'
import type { Cases } from './cases.js'
import { hiddenSign } from './compare.js'
import type { ReceivedAnswer } from './http-transport.js'
import { escapeExpression, isBranch, isList, mapTree, parseBody, type Tree, tokenOf } from './response-body.js'

interface SecretsOptions {
  readonly cases: Cases
  /** Creates the tokens in place of real ones; by default, tokens are kept, as those of a mock are no secrets. */
  readonly product?: Product
  /** Passwords, and secret options. */
  readonly passwords: readonly string[]
  /** Its value is no secret, even if it is the password too. */
  readonly login: string
  readonly draw?: (length: number) => Buffer
}

/**
 * The secrets of a run, by value and by name. Tokens are replaced by others of the same form, so that responses without secrets
 * compare as those with them.
 */
export class RunSecrets {
  readonly #options: SecretsOptions
  readonly #values = new Set<string>()
  /** Replacements of tokens. */
  readonly #names = new Map<string, string>()
  readonly #renamed = new Set<string>()
  #expression: RegExp | undefined

  constructor(options: SecretsOptions) {
    this.#options = options
    for (const password of options.passwords) {
      this.add(password)
      this.add(base64(`${options.login}:${password}`))
    }
  }

  /** Takes a secret that is hidden wherever it stands. Values that stand in other texts by chance are hidden by name only. */
  add(value: string): void {
    if (value.length < leastValue || value.includes(hiddenSign) || commonWords.test(value)) return
    if (value.toLowerCase() === this.#options.login.toLowerCase() || this.#isToken(value)) return
    this.#values.add(value)
    this.#expression = undefined
  }

  addToken(token: string | undefined): void {
    if (token === undefined || token === '' || this.#isToken(token)) return
    const { product, draw = randomBytes } = this.#options
    const name = product ? otherToken(token, product, draw) : token
    this.#names.set(token, name)
    this.#renamed.add(name)
    this.#values.delete(token)
    this.#expression = undefined
  }

  /** Takes the token of a response, and the values of its fields, cookies and headers with secret names. */
  note(answer: ReceivedAnswer): void {
    this.addToken(tokenOf(answer, this.#options.cases))
    const { headers, body } = answer
    const inHeaders = Object.entries(headers).flatMap(([name, value]) => {
      if (isCookie(name)) return [...value.matchAll(cookies)].map(([, , , , cookie = '']) => cookie)
      return isSecret(name) ? [withoutScheme(value).rest] : []
    })
    const inBody = namedValues(body).map(({ from, to }) => bareValue(body.slice(from, to).trim()))
    for (const value of [...inHeaders, ...inBody, ...secretTexts(parseBody(body).tree)])
      if (isRandom.test(value)) this.add(value)
  }

  /** A text without secrets; tokens are renamed. */
  hide(text: string): string {
    return this.#hideNamed(this.rename(text).replace(this.#hidden(), hiddenSign))
  }

  /** A text with other tokens. */
  rename(text: string): string {
    let result = text
    for (const [token, name] of this.#names)
      if (token !== name)
        result = result.replaceAll(token, name).replaceAll(encodeURIComponent(token), encodeURIComponent(name))
    return result
  }

  hideAnswer<Answer extends ReceivedAnswer>(answer: Answer): Answer {
    return {
      ...answer,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [name, this.#hideHeader(name, value)])
      ),
      body: this.#hideBody(answer.body)
    }
  }

  #hideHeader(name: string, value: string): string {
    const text = this.rename(value).replace(this.#hidden(), hiddenSign)
    if (isCookie(name))
      return text
        .replace(/(;\s*expires=)[^;]*?GMT/gi, `$1${hiddenSign}`)
        .replace(
          cookies,
          (_, before: string, key: string, equals: string, cookie: string) =>
            before + key + equals + (this.#isToken(cookie) || cookie === '' ? cookie : hiddenSign)
        )
    if (!isSecret(name)) return this.#hideNamed(text)
    const { scheme, rest } = withoutScheme(text)
    return rest === '' || this.#isToken(rest) ? text : `${scheme}${hiddenSign}`
  }

  /** JSON is changed by its structure, and stays JSON. */
  #hideBody(body: string): string {
    const { format, tree } = parseBody(body)
    if (format !== 'JSON') return this.hide(body)
    const hidden = JSON.stringify(this.#hideTree(tree, false))
    return hidden === JSON.stringify(tree) ? body : hidden
  }

  #hideTree(tree: Tree, isNamed: boolean): Tree {
    if (isList(tree) || isBranch(tree))
      return mapTree(tree, (each, key) => this.#hideTree(each, isNamed || (!isList(tree) && isSecret(key))))
    if (typeof tree === 'number') return isNamed ? 0 : tree
    if (typeof tree !== 'string') return tree
    const renamed = this.rename(tree)
    return isNamed ? (renamed === '' || this.#isToken(renamed) ? renamed : hiddenSign) : this.hide(tree)
  }

  /** The values of fields with secret names in any other text. */
  #hideNamed(text: string): string {
    let result = ''
    let end = 0
    for (const { from, to } of namedValues(text).sort((a, b) => a.from - b.from)) {
      const value = bareValue(text.slice(from, to).trim())
      if (from < end || from === to || this.#isToken(value) || value === hiddenSign) continue
      result += text.slice(end, from) + hiddenSign
      end = to
    }
    return result + text.slice(end)
  }

  #isToken(text: string): boolean {
    return this.#names.has(text) || this.#renamed.has(text)
  }

  /** Every secret in any letter case and encoding. */
  #hidden(): RegExp {
    this.#expression ??= this.#createExpression()
    return this.#expression
  }

  #createExpression(): RegExp {
    const tokens = [...this.#names].flatMap(([token, name]) => (token === name || token.length < 8 ? [] : [token]))
    const all = new Set([...this.#values, ...tokens].flatMap(encodings))
    const sources = [...all].sort((a, b) => b.length - a.length).map(escapeExpression)
    return new RegExp(sources.join('|') || '(?!)', 'gi')
  }
}

/** Shorter values stand in other texts by chance. */
const leastValue = 4

const commonWords =
  /^(?:pass|passw(?:or)?d|pwd|secret|token|session|bearer|basic|login|username|user|name|true|false|null|none)$/i

/** Other values of secret fields, such as `enabled`, are hidden only there. */
const isRandom = /^(?=.*\d)\S{8,}$|^\S{16,}$/

const encodings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).replaceAll('%20', '+'),
  JSON.stringify(secret).slice(1, -1),
  secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
  base64(secret).replace(/=+$/, '')
]

const base64 = (text: string): string => Buffer.from(text).toString('base64')

const isCookie = (name: string): boolean => /^(?:set-)?cookie$/i.test(name)

/** The name and the value of each cookie, without its attributes. */
const cookies = /(^|,\s*)([^=;,\s]+)(=)([^;,]*)/g

const withoutScheme = (value: string): { readonly scheme: string; readonly rest: string } => {
  const [, scheme = '', rest = ''] = /^([A-Za-z]+\s+)?(.*)$/s.exec(value) ?? []
  return { scheme, rest }
}

/** The texts below keys with secret names. */
const secretTexts = (tree: Tree, isNamed = false): string[] => {
  if (isList(tree)) return tree.flatMap(each => secretTexts(each, isNamed))
  if (isBranch(tree)) return Object.entries(tree).flatMap(([key, each]) => secretTexts(each, isNamed || isSecret(key)))
  return isNamed && typeof tree === 'string' ? [tree] : []
}

const otherToken = (token: string, product: Product, draw: (length: number) => Buffer): string => {
  if (product.sessions.token.test(token)) return product.sessions.createToken(draw(32))
  const bytes = draw(token.length)
  return [...token].map((character, index) => otherCharacter(character, token, bytes[index] ?? 0)).join('')
}

const hexadecimal = /^[^G-Zg-z]*$/

const otherCharacter = (character: string, token: string, byte: number): string => {
  const alphabet = alphabets(token).find(each => each.includes(character))
  return alphabet === undefined ? character : (alphabet[byte % alphabet.length] ?? character)
}

/** Letters up to f if the token is hexadecimal. */
const alphabets = (token: string): readonly string[] =>
  hexadecimal.test(token)
    ? ['0123456789', 'abcdef', 'ABCDEF']
    : ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
