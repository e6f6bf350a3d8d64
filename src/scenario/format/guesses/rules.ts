import { isRecord } from '../../../kit/fields.js'
import { type Guess, words, write } from './guess.js'

export const list =
  (keys: readonly string[], sample: string): Guess =>
  value => {
    if (!isRecord(value)) return undefined
    const first = Object.keys(value)[0]
    if (first === undefined) return undefined
    if (keys.some(key => Object.hasOwn(value, key)))
      return { remedy: `this is a list: put - before ${first} (in JSON, [ ] around it)` }
    return { remedy: `this is a list: write ${sample.replace('…', first)}` }
  }

export const target: Guess = (value, choices = []) => {
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

export const reply: Guess = value => {
  if (typeof value === 'number' || /^[2-5]\d\d$/.test(String(value))) return write(`{ status: ${value} }`)
  return typeof value === 'string' ? write(`{ body: ${JSON.stringify(value)} }`) : undefined
}

export const headers: Guess = value => {
  const lines = [value].flat()
  const [, name, text = ''] = /^([\w-]+):\s*(\S.*)?$/.exec(String(lines[0])) ?? []
  return name === undefined ? undefined : write(`{ ${name}: ${text} }`)
}
