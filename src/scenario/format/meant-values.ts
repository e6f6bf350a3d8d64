import { isRecord } from '../../kit/fields.js'
import { failureOf } from '../../product/failure-status.js'

/** Suggestion for an invalid value: the end of the message, and a shorter expectation than the schema's. */
export interface Meant {
  readonly remedy: string
  readonly expected?: string
}

/** `choices` are the allowed words, if they are a closed set. */
type Guess = (value: unknown, choices?: readonly string[]) => Meant | undefined

const write = (text: string): Meant => ({ remedy: `write ${text}` })

const span = String.raw`(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?`
const rangePattern = new RegExp(`^${span}\\s*(?:-|–|\\.\\.+|to)\\s*${span}$`)
const unitPattern = /^(\d+(?:\.\d+)?)\s*(milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)$/i
const units: Readonly<Record<string, string>> = {
  mil: 'ms',
  mse: 'ms',
  sec: 's',
  min: 'm',
  hou: 'h',
  hrs: 'h',
  hr: 'h',
  day: 'd'
}

/** `40 sec` is `40s`, `2 m` is `2m`. */
const duration: Guess = value => {
  const text = String(value).trim()
  const [, amount, unit = ''] = unitPattern.exec(text) ?? []
  if (amount !== undefined) return write(`${amount}${units[unit.slice(0, 3).toLowerCase()]}`)
  const spaced = text.replace(/\s+/g, '')
  return spaced !== text && new RegExp(`^(?:${span})+$`).test(spaced) && /[a-z]$/.test(spaced)
    ? write(spaced)
    : undefined
}

const delay: Guess = value => {
  if (Array.isArray(value) && value.length === 2) return write(`{ uniform: [${value.join(', ')}] }`)
  if (isRecord(value))
    return 'min' in value && 'max' in value ? write(`{ uniform: [${value.min}, ${value.max}] }`) : undefined
  const [, least, leastUnit, most, mostUnit] = rangePattern.exec(String(value)) ?? []
  const unit = mostUnit ?? leastUnit
  if (least === undefined || unit === undefined) return duration(value)
  return write(`{ uniform: [${least}${leastUnit ?? unit}, ${most}${unit}] }`)
}

const fail: Guess = value => {
  if (!/^[1-5]\d\d$/.test(String(value))) return failure(value)
  const named = failureOf(Number(value))
  const also = value === 401 || value === '401' ? ', or bad-credentials at a login' : ''
  return {
    expected: 'the name of a failure',
    remedy: named ? `${value} is ${named}${also}` : `write reply: { status: ${value} } in place of fail`
  }
}

const chance: Guess = value => {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value)) ?? []
  if (percent !== undefined) return write(String(Number(percent) / 100))
  const [, part, whole] = /^(\d+)\s*\/\s*([1-9]\d*)$/.exec(String(value)) ?? []
  if (part !== undefined) return write(String(Number((Number(part) / Number(whole)).toFixed(4))))
  if (typeof value === 'number') return value > 1 && value <= 100 ? write(`${value / 100} for ${value}%`) : undefined
  return /^(?:0?\.\d+|[01])$/.test(String(value)) ? { remedy: `write it without quotes: ${value}` } : undefined
}

const call: Guess = value => {
  if (Array.isArray(value) && value.length === 2) return write(value.join('-'))
  const [, first, last = ''] = /^(\d+)\s*(?:\.\.+|to|–|-|:)\s*(\d*)$/.exec(String(value)) ?? []
  if (first !== undefined && `${first}-${last}` !== value) return write(`${first}-${last}`)
  return /^(\d+)\+$/.test(String(value)) ? write(`${String(value).slice(0, -1)}-`) : undefined
}

const words =
  (meant: Readonly<Record<string, string>>): Guess =>
  value => {
    const word = String(value).toLowerCase()
    return Object.hasOwn(meant, word) ? write(`${meant[word]}`) : undefined
  }

const failure: Guess = value => {
  const meant = failureWords(String(value).replaceAll(/[\s_]/g, '-'))
  return meant && { expected: 'the name of a failure', ...meant }
}

const failureWords = words({
  locked: 'forbidden',
  'account-locked': 'forbidden',
  unauthorized: 'no-session',
  unauthenticated: 'no-session',
  'invalid-token': 'no-session',
  expired: 'expired-session',
  'wrong-password': 'bad-credentials',
  'invalid-credentials': 'bad-credentials',
  error: 'server-error',
  'internal-server-error': 'server-error',
  'service-unavailable': 'unavailable',
  down: 'unavailable',
  maintenance: 'unavailable',
  throttled: 'rate-limited',
  'too-many-requests': 'rate-limited'
})

const list =
  (keys: readonly string[], sample: string): Guess =>
  value => {
    if (!isRecord(value)) return undefined
    const first = Object.keys(value)[0]
    if (first === undefined) return undefined
    if (keys.some(key => Object.hasOwn(value, key)))
      return { remedy: `this is a list: put - before ${first} (in JSON, [ ] around it)` }
    return { remedy: `this is a list: write ${sample.replace('…', first)}` }
  }

const count: Guess = value => {
  const text = String(value).toLowerCase()
  const [, digits] = /^(\d+)(?:st|nd|rd|th|x)$/.exec(text) ?? []
  const place = counts.findIndex(words => words.includes(text))
  return digits !== undefined ? write(digits) : place < 0 ? undefined : write(String(place + 1))
}

const counts = [
  ['one', 'first', 'once'],
  ['two', 'second', 'twice'],
  ['three', 'third', 'thrice'],
  ['four', 'fourth'],
  ['five', 'fifth']
]

const target: Guess = (value, choices = []) => {
  const parts = String(value)
    .toLowerCase()
    .split(/[\s./:]+/)
  const meant = choices.find(choice => choice === parts.join('.') || choice === parts.toReversed().join('.'))
  return meant !== undefined && meant !== value ? write(meant) : pathOrWord(value)
}

const pathOrWord: Guess = value =>
  /[/\s]/.test(String(value))
    ? { remedy: 'a rule names operations, not paths: session-mock products lists both' }
    : words({ all: '"*"', any: '"*"', every: '"*"', '**': '"*"', signin: 'login', auth: 'login', signout: 'logout' })(
        value
      )

const reply: Guess = value => {
  if (typeof value === 'number' || /^[2-5]\d\d$/.test(String(value))) return write(`{ status: ${value} }`)
  return typeof value === 'string' ? write(`{ body: ${JSON.stringify(value)} }`) : undefined
}

const headers: Guess = value => {
  const lines = [value].flat()
  const [, name, text] = /^([\w-]+):\s*(.*)$/.exec(String(lines[0])) ?? []
  return name === undefined ? undefined : write(`{ ${name}: ${text} }`)
}

const age: Guess = value =>
  /^\d[\w.]*[a-z]$/.test(String(value)) ? write(`">${value}", for older than that`) : undefined

const never = words({
  infinite: 'never',
  infinity: 'never',
  forever: 'never',
  none: 'never',
  unlimited: 'never',
  off: 'never'
})
const lifetime: Guess = value => never(value) ?? duration(value)

const clock: Guess = value => {
  if (String(value).toLowerCase() === 'now') return { remedy: 'leave clock out for the real time' }
  return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? write(`${value}T00:00:00Z`) : zoneless(value)
}

const zoneless: Guess = value =>
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?$/.test(String(value))
    ? write(`${String(value).replace(' ', 'T')}${String(value).length === 16 ? ':00' : ''}Z`)
    : undefined

const guesses: Readonly<Record<string, Guess>> = {
  clock,
  accounts: value =>
    words({ all: 'any', everyone: 'any', anyone: 'any', everybody: 'any', '*': 'any' })(value) ??
    list(['login', 'password', 'user', 'username'], '- { login: …, password: secret }')(value),
  sessions: list(['product', 'login', 'token', 'age'], '- { product: …, login: demo }'),
  rules: list(['on', 'then', 'when', 'name'], '- { name: …, on: login, then: evict }'),
  'rules.on': target,
  'rules.call': value => call(value) ?? count(value),
  'rules.every': count,
  'rules.times': count,
  'rules.per': words({ user: 'login', account: 'login', token: 'session', call: 'rule', request: 'rule', all: 'rule' }),
  'rules.chance': chance,
  'rules.from': duration,
  'rules.until': duration,
  'rules.for': duration,
  'rules.when.age': age,
  'rules.when.session': words({
    ...{
      valid: 'open',
      active: 'open',
      live: 'open',
      invalid: 'none',
      missing: 'none',
      unknown: 'none',
      timeout: 'expired'
    },
    ...{ revoked: 'ended', evicted: 'ended', closed: 'ended', 'logged-out': 'ended', dead: 'ended' }
  }),
  'rules.then.delay': delay,
  'rules.then.fail': fail,
  'rules.then.reply': reply,
  'rules.then.headers': headers,
  'rules.then.reply.headers': headers,
  'rules.then.dribble.over': duration,
  'rules.then.state.for': duration,
  'rules.then.connection': words({
    close: 'empty',
    closed: 'empty',
    drop: 'empty',
    timeout: 'hang',
    stall: 'hang',
    abort: 'reset',
    cut: 'truncate'
  })
}

/** Suggestion for a value rejected by the schema; undefined if none is likely. */
export const meantByValue = (place: string, value: unknown, choices?: readonly string[]): Meant | undefined =>
  guesses[place]?.(value, choices) ?? (/^products\.[^.]+\.(?:idle|lifetime)$/.test(place) ? lifetime(value) : undefined)
