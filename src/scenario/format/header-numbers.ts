import { type Document, isMap, isPair, isScalar, isSeq, type Pair, type Scalar, visit } from 'yaml'
import type { ValidationIssue } from '../validation-issue.js'

/**
 * Turns the numbers of headers, and keys that are no texts, into texts with the same characters: a header is a text, and
 * `X-Build: 1.10` differs from 1.1.
 */
export const keepTexts = (doc: Document.Parsed): void => {
  visit(doc, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key)) return
      if (key.value !== 'headers' || !isMap(value)) return keepKey(key)
      for (const { value: field } of value.items) for (const each of isSeq(field) ? field.items : [field]) keep(each)
    }
  })
}

const keep = (node: unknown): void => {
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = node.source
}

/** A merge key has a symbol as its value, and stays. */
const keepKey = (key: Scalar): void => {
  if (['number', 'boolean'].includes(typeof key.value) && key.source !== undefined) key.value = key.source
}

/** Numbers that JavaScript cannot hold as they are written: too many digits, or infinite. */
export const changedNumbers = (doc: Document.Parsed): ValidationIssue[] => {
  const issues: ValidationIssue[] = []
  visit(doc, {
    Scalar: (key, { value, source }, ancestors) => {
      if (key === 'key' || typeof value !== 'number' || source === undefined || isKept(source, value)) return
      const path = pathOf(ancestors, key)
      const number = source.length > 60 ? `${source.slice(0, 60)}…` : source
      const remedy = path.includes('body')
        ? `write the whole body as a text, or this number in quotes: "${number}"`
        : `write it in quotes: "${number}"`
      const change = Number.isFinite(value) ? `, which would become ${value}` : ''
      issues.push({
        path,
        message: `expected a number that JSON and JavaScript can hold, found ${number}${change}; ${remedy}`
      })
    }
  })
  return issues
}

/** The path of a node by its ancestors; `key`: its index if the last of them is a list. */
const pathOf = (ancestors: readonly unknown[], key: unknown): (string | number)[] => {
  const steps = ancestors.flatMap((ancestor, place): (string | number)[] => {
    if (isPair(ancestor)) return [keyOf(ancestor)]
    if (!isSeq(ancestor)) return []
    return [place === ancestors.length - 1 ? Number(key) : ancestor.items.indexOf(ancestors[place + 1])]
  })
  return steps
}

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

const isKept = (source: string, value: number): boolean => {
  if (!Number.isFinite(value)) return false
  if (/^0[xo]/.test(source)) return BigInt(source) === BigInt(value)
  return normalize(source) === normalize(String(value))
}

/** The digits of a decimal number without zeros at both ends, with its exponent. */
const normalize = (text: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return end === 0 ? '0' : `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`
}
