import { fail } from './guesses/failures.js'
import { type Guess, type Meant, words } from './guesses/guess.js'
import { call, chance, count } from './guesses/numbers.js'
import { headers, list, reply, target } from './guesses/rules.js'
import { age, clock, delay, duration, lifetime } from './guesses/times.js'

/** Suggestion for a value rejected by the schema; undefined if none is likely. */
export const meantByValue = (place: string, value: unknown, choices?: readonly string[]): Meant | undefined =>
  guesses[place]?.(value, choices) ?? (/^products\.[^.]+\.(?:idle|lifetime)$/.test(place) ? lifetime(value) : undefined)

/** Guesses by the path of the value, without indexes of lists. */
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
