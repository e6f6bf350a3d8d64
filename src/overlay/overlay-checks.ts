import { choice, nearest } from '../base/user-error.js'
import { isFraming } from '../http/delivery.js'
import type { Product } from '../product/product.js'
import type { Path, ValidationIssue } from '../scenario/validation-issue.js'
import type { OverlayDocument, OverlayEntry, ProductOverlay } from './overlay-document.js'
import { randomPlaces, tokenMaker } from './token-shape.js'

/** What the schema cannot say: operations that are not there, headers that cannot be set, tokens that cannot be made, contradictions. */
export const overlayIssues = ({ products: all }: OverlayDocument, products: readonly Product[]): ValidationIssue[] =>
  products.flatMap(product => {
    const overlay = all[product.name]
    return overlay ? productIssues(overlay, product, ['products', product.name]) : []
  })

const productIssues = ({ token, answers = [] }: ProductOverlay, product: Product, path: Path): ValidationIssue[] => [
  ...tokenIssues(token, [...path, 'token']),
  ...answers.flatMap((entry, index) => [
    ...operationIssues(entry, product, [...path, 'answers', index, 'when', 'operation']),
    ...headerIssues(entry, [...path, 'answers', index, 'headers']),
    ...contradictions(answers, index, [...path, 'answers', index])
  ])
]

/** Fewer places could be guessed, and would soon be used up. */
const leastRandom = 8

const tokenIssues = (token: string | undefined, path: Path): ValidationIssue[] => {
  if (token === undefined) return []
  if (!tokenMaker(token))
    return [{ path, message: 'expected characters and classes with counts, such as [0-9a-f]{8}-[0-9a-f]{24}' }]
  if (randomPlaces(token) >= leastRandom) return []
  return [
    {
      path,
      message: `expected at least ${leastRandom} places with more than one character, found ${randomPlaces(token)}`
    }
  ]
}

const operationIssues = ({ when }: OverlayEntry, { title, operations }: Product, path: Path): ValidationIssue[] => {
  const names = operations.map(({ name }) => name)
  if (when?.operation === undefined || names.includes(when.operation)) return []
  const meant = nearest(when.operation, names)
  const right = meant === undefined ? `expected ${choice(names)}` : `did you mean ${meant}?`
  return [{ path, message: `${title} has no operation "${when.operation}"; ${right}` }]
}

const headerIssues = ({ headers = {} }: OverlayEntry, path: Path): ValidationIssue[] =>
  Object.keys(headers)
    .filter(isFraming)
    .map(name => ({
      path: [...path, name],
      atKey: true,
      message: `${name} cannot be set: the server says it by the body that it sends`
    }))

/** An earlier entry for the very same answers that says otherwise of the same thing. */
const contradictions = (answers: readonly OverlayEntry[], index: number, path: Path): ValidationIssue[] => {
  const entry = answers[index]
  const earlier = answers.slice(0, index).findIndex(each => isSame(each.when ?? {}, entry?.when ?? {}))
  const before = answers[earlier]
  if (!entry || !before) return []
  const where = `answers[${earlier}], which is about the same answers, says otherwise`
  return [
    ...(['status', 'body'] as const).flatMap(key =>
      differs(before[key], entry[key]) ? [{ path: [...path, key], message: where }] : []
    ),
    ...(['headers', 'set'] as const).flatMap(key =>
      Object.entries(entry[key] ?? {}).flatMap(([name, value]) =>
        differs(before[key]?.[name], value) ? [{ path: [...path, key, name], message: where }] : []
      )
    )
  ]
}

const differs = (before: unknown, now: unknown): boolean =>
  before !== undefined && now !== undefined && !isSame(before, now)

const isSame = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other)

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort())
      : each
  )
