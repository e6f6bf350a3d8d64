import { choice, nearest, UserError } from '../base/errors.js'
import { isFraming } from '../http/delivery.js'
import type { Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import { readSource, type Source } from '../scenario/format/source.js'
import { readYaml } from '../scenario/format/yaml-document.js'
import { type Path, ScenarioError, type ValidationIssue } from '../scenario/validation-issue.js'
import { leastRandom, Overlay, randomPlaces, tokenMaker } from './overlay.js'
import { type OverlayDocument, type OverlayEntry, overlaySchema, type ProductOverlay } from './overlay-document.js'

/** The overlay of these files; later files override earlier ones. Throws a UserError with all problems. */
export const readOverlays = async (files: readonly string[], products: readonly Product[]): Promise<Overlay> => {
  const documents = await Promise.all(files.map(async file => parseOverlay(await sourceOf(file), products)))
  return new Overlay(documents.flatMap(({ products }) => Object.entries(products)))
}

const sourceOf = async (file: string): Promise<Source> => {
  const source = await readSource(file)
  if (source) return source
  throw new UserError(`--overlay "${file}": there is no such file`)
}

/** Parses an overlay. Throws ScenarioError. */
export const parseOverlay = (source: Source, products: readonly Product[]): OverlayDocument => {
  const { value, locate, issues: issuesOf } = readYaml(source)
  const wrong = issuesOf(createChecks()(overlaySchema(products)))
  if (wrong.length > 0) throw new ScenarioError(wrong.map(locate))
  const document = value as OverlayDocument
  const issues = overlayIssues(document, products)
  if (issues.length > 0) throw new ScenarioError(issues.map(locate))
  return document
}

/** Checks beyond the schema: unknown operations, framing headers, invalid forms of tokens, contradictions. */
const overlayIssues = ({ products: all }: OverlayDocument, products: readonly Product[]): ValidationIssue[] =>
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
  const suggestion = nearest(when.operation, names)
  const remedy = suggestion === undefined ? `expected ${choice(names)}` : `did you mean ${suggestion}?`
  return [{ path, message: `${title} has no operation "${when.operation}"; ${remedy}` }]
}

const headerIssues = ({ headers = {} }: OverlayEntry, path: Path): ValidationIssue[] =>
  Object.keys(headers)
    .filter(isFraming)
    .map(name => ({
      path: [...path, name],
      atKey: true,
      message: `${name} cannot be set: the server derives it from the body`
    }))

/** Differences from an earlier entry with the same conditions. */
const contradictions = (answers: readonly OverlayEntry[], index: number, path: Path): ValidationIssue[] => {
  const entry = answers[index]
  const earlier = answers.slice(0, index).findIndex(each => isSame(each.when ?? {}, entry?.when ?? {}))
  const before = answers[earlier]
  if (!entry || !before) return []
  const message = `answers[${earlier}], for the same responses, has other values`
  return [
    ...(['status', 'body'] as const).flatMap(key =>
      differs(before[key], entry[key]) ? [{ path: [...path, key], message }] : []
    ),
    ...(['headers', 'set'] as const).flatMap(key =>
      Object.entries(entry[key] ?? {}).flatMap(([name, value]) =>
        differs(before[key]?.[name], value) ? [{ path: [...path, key, name], message }] : []
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
