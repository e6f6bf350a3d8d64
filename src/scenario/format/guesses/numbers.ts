import { type Guess, write } from './guess.js'

export const chance: Guess = value => {
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value)) ?? []
  if (percent !== undefined) return write(String(Number(percent) / 100))
  const [, part, whole] = /^(\d+)\s*\/\s*([1-9]\d*)$/.exec(String(value)) ?? []
  if (part !== undefined) return write(String(Number((Number(part) / Number(whole)).toFixed(4))))
  if (typeof value === 'number') return value > 1 && value <= 100 ? write(`${value / 100} for ${value}%`) : undefined
  return /^(?:0?\.\d+|[01])$/.test(String(value)) ? { remedy: `write it without quotes: ${value}` } : undefined
}

export const call: Guess = value => {
  if (Array.isArray(value) && value.length === 2) return write(value.join('-'))
  const [, first, last = ''] = /^(\d+)\s*(?:\.\.+|to|–|-|:)\s*(\d*)$/.exec(String(value)) ?? []
  if (first !== undefined && `${first}-${last}` !== value) return write(`${first}-${last}`)
  return /^(\d+)\+$/.test(String(value)) ? write(`${String(value).slice(0, -1)}-`) : undefined
}

export const count: Guess = value => {
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
