import { isSecret, namedValues, passwordName } from './secrets.js'

/** `1f39…1d93`: enough to recognise a token, too little to use it. */
export const short = (token: string): string => (token.length < 12 ? hidden : `${token.slice(0, 4)}…${token.slice(-4)}`)

/** What stands for a password: no part of one is shown, as it may be short, and is a person's own. */
const hidden = '…'

export type Redact = (text: string) => string

/**
 * Hides these tokens wherever they stand in a text, as they are or percent-encoded, and every value whose name marks it as a
 * secret: in a query, a form, JSON, XML or multipart.
 */
export const hiding = (tokens: readonly string[]): Redact => {
  const known = [...new Set(tokens)].filter(token => token.length >= leastUnique)
  const spelled = known.map(token => ({ spellings: spellingsOf(token), brief: short(token) }))
  return text => spelled.reduce((left, { spellings, brief }) => left.replace(spellings, () => brief), hideNamed(text))
}

/** What is shorter stands in too many texts by chance; such a token is hidden by the name that it has there. */
const leastUnique = 8

/** The token, each of its characters as it is or percent-encoded; one that is absurdly long, as it is. */
const spellingsOf = (token: string): RegExp =>
  new RegExp([...token].map(token.length > 512 ? literal : spellingOf).join(''), 'g')

const literal = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')

const spellingOf = (character: string): string => {
  const bytes = [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('')
  return `(?:${literal(character)}|${bytes.replace(/[a-f]/g, digit => `[${digit}${digit.toUpperCase()}]`)})`
}

const hideNamed: Redact = text => {
  let shown = ''
  let end = 0
  for (const { name, from, to } of namedValues(text)) {
    if (from < end || from === to) continue
    shown += text.slice(end, from) + brief(name, text.slice(from, to))
    end = to
  }
  return shown + text.slice(end)
}

const brief = (name: string, value: string): string => {
  const bare = /^<!\[CDATA\[([\s\S]*?)(?:\]\]>)?$/.exec(value)?.[1] ?? value
  return passwordName.test(name) ? hidden : short(decoded(bare))
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A header's value, hidden where its name says that it is a secret. */
export const headerValue = (name: string, value: string, redact: Redact): string => {
  if (!isSecret(name)) return redact(value)
  if (passwordName.test(name)) return hidden
  const [, scheme = '', rest = ''] = /^([A-Za-z]+\s+)?(?:token=)?"?(.*?)"?$/s.exec(value) ?? []
  return `${scheme}${/^basic/i.test(scheme) ? hidden : rest && short(rest)}`
}

/** Whether a query names a secret that has a value. */
export const namesSecret = (url: string): boolean => namedValues(url).some(({ from, to }) => from < to)
