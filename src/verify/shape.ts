/**
 * The form of tokens: length and character classes of each part, without any text of a token. Undefined if the tokens have
 * different forms.
 */
export const shapeOf = (tokens: readonly string[]): string | undefined => {
  const classes = classesOf(tokens.join(''))
  const shapes = new Set(tokens.map(token => shapeWith(token, classes)))
  return shapes.size === 1 ? [...shapes][0] : undefined
}

const shapeWith = (token: string, classes: string): string =>
  token.replace(/[A-Za-z0-9]+|[^A-Za-z0-9]/g, part =>
    /[A-Za-z0-9]/.test(part) ? `[${classes}]{${part.length}}` : part.replace(/[^_:~=-]/g, '\\$&')
  )

/** Hexadecimal digits if the text has no other letters. */
const classesOf = (text: string): string => {
  const isHex = !/[G-Zg-z]/.test(text)
  const small = isHex ? 'a-f' : 'a-z'
  const capital = isHex ? 'A-F' : 'A-Z'
  return `${/\d/.test(text) ? '0-9' : ''}${/[a-z]/.test(text) ? small : ''}${/[A-Z]/.test(text) ? capital : ''}`
}
