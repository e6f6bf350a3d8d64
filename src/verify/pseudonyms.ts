import type { Product } from '../product/product.js'
import { systemBytes } from './random.js'

/** Replaces tokens by others of the same form, so that a record contains no real token but compares equally. */
export const createPseudonyms = (
  tokens: readonly string[],
  product: Product,
  draw: (length: number) => Buffer = systemBytes
): ((text: string) => string) => {
  const names = [...new Set(tokens)]
    .filter(token => token !== '')
    .map(token => [token, otherToken(token, product, draw)] as const)
  return text =>
    names.reduce(
      (result, [token, name]) =>
        result.replaceAll(token, name).replaceAll(encodeURIComponent(token), encodeURIComponent(name)),
      text
    )
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
