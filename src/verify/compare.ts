import type { Cases, ExpectedAnswer } from './cases.js'
import { productHeaders, type ReceivedAnswer } from './http-transport.js'
import {
  type Branch,
  expressionOf,
  isBranch,
  isList,
  joinPath,
  type Leaf,
  MarkedLeaf,
  type MarkScope,
  mapTree,
  marksIn,
  type ParsedBody,
  parseBody,
  parseExpectedBody,
  type Tree
} from './response-body.js'

/** The kinds of differences between two responses. */
const differenceKinds = [
  'status',
  'media type',
  'header',
  'text',
  'key',
  'type',
  'order',
  'empty body',
  'format',
  'token shape',
  'no answer'
] as const
type DifferenceKind = (typeof differenceKinds)[number]

export interface Difference {
  readonly kind: DifferenceKind
  /** `status`, `header ETag`, or `body data.user`: the path in the body. */
  readonly place: string
  /** The value in the mock or the documentation; undefined if missing. */
  readonly expected: string | undefined
  /** The value in the server; undefined if missing. */
  readonly found: string | undefined
}

/** `status: 403 instead of 401`. */
export const describeDifference = ({ kind, place, expected, found }: Difference): string => {
  const subject = kind === 'status' ? 'status' : `${kind}${place === kind ? '' : `, ${place}`}`
  if (expected === undefined) return `${subject}: ${found} in addition`
  return `${subject}: ${found === undefined ? `${expected} is missing` : `${found} instead of ${expected}`}`
}

/** The expected response of a comparison; its texts contain marks. */
export interface ReferenceAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ParsedBody
}

/** The documented response, as a reference for comparisons. */
export const documentReference = ({ status, headers, body }: ExpectedAnswer): ReferenceAnswer => ({
  status,
  headers,
  body: parseExpectedBody(body)
})

/** A response of the mock, with the marks of the expected response in its volatile parts. */
export const mockReference = (
  answer: ReceivedAnswer,
  expected: ExpectedAnswer,
  { volatileHeaders, ...scope }: MarkScope & Pick<Cases, 'volatileHeaders'>
): ReferenceAnswer => {
  const [template, body] = [parseExpectedBody(expected.body), parseBody(answer.body)]
  const texts = new Map(Object.entries(expected.headers).map(([name, text]) => [name.toLowerCase(), text]))
  const headers = Object.entries(answer.headers).map(([name, value]) => {
    const key = name.toLowerCase()
    const candidates = [texts.get(key) ?? [], volatileHeaders.get(key) ?? []].flat()
    return [name, candidates.find(text => expressionOf(text, scope).test(value)) ?? withToken(value, scope)]
  })
  return {
    status: answer.status,
    headers: Object.fromEntries(headers),
    body: { ...body, tree: withMarksOf(template.tree, body.tree, scope) }
  }
}

const withToken = (text: string, { values: { token } }: MarkScope): string =>
  token === undefined || token.length < 8 ? text : text.replaceAll(token, '{token}')

/** Puts the marks of the template into a tree, where they match its leaves. */
const withMarksOf = (template: Tree | undefined, tree: Tree, scope: MarkScope): Tree => {
  if (template instanceof MarkedLeaf && fits(template, tree, scope)) return template
  if (typeof tree === 'string') {
    const marked = tree === scope.values.token ? '{token}' : withToken(tree, scope)
    return marked === tree ? tree : new MarkedLeaf(marked, false)
  }
  if (isList(tree)) {
    const list = isList(template) ? template : []
    return isVolatileList(list)
      ? marked(list[0], tree, scope)
      : tree.map((each, at) => withMarksOf(list[at], each, scope))
  }
  const branch = isBranch(template) ? template : {}
  return mapTree(tree, (value, key) => withMarksOf(branch[key], value, scope))
}

/** A list of any length keeps its mark, even if the mock returned an empty list. */
const marked = (template: Tree | undefined, tree: readonly Tree[], scope: MarkScope): Tree =>
  tree.length === 0 && template !== undefined ? [template] : tree.map(each => withMarksOf(template, each, scope))

const fits = ({ text, bare }: MarkedLeaf, tree: Tree, scope: MarkScope): boolean =>
  typeof tree === (bare ? 'number' : 'string') && expressionOf(text, scope).test(String(tree))

/** Places with another value in each response of the server, as in a difference; headers in lower case. */
type ChangingPlaces = ReadonlySet<string>

/** The sign in place of a secret, which a header may contain too. It equals every value that changes. */
export const hiddenSign = '***'

export interface CompareScope extends MarkScope {
  readonly changing?: ChangingPlaces | undefined
}

/** The differences of a response from a reference. With a different status, headers and body are not compared. */
export const compareAnswers = (expected: ReferenceAnswer, found: ReceivedAnswer, scope: CompareScope): Difference[] =>
  found.status === expected.status
    ? comparePart(expected, found, scope)
    : [{ kind: 'status', place: 'status', expected: String(expected.status), found: String(found.status) }]

/** The differences of headers and body. */
export const comparePart = (expected: ReferenceAnswer, found: ReceivedAnswer, scope: CompareScope): Difference[] => [
  ...compareHeaders(expected, found, scope),
  ...compareBodies(expected.body, parseBody(found.body), scope)
]

const compareHeaders = (
  expected: Pick<ExpectedAnswer, 'headers'>,
  found: Pick<ReceivedAnswer, 'headers'>,
  scope: CompareScope
): Difference[] => {
  const [before, after] = [productHeaders(expected.headers), productHeaders(found.headers)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(key => {
    const [one, other] = [before.get(key), after.get(key)]
    if (one && other && isSameHeader(key, one.value, other.value, scope)) return []
    const kind = key === 'content-type' ? ('media type' as const) : ('header' as const)
    const value = other && describeText(other.value, isChanging(`header ${key}`, scope), scope)
    return [{ kind, place: `header ${(one ?? other)?.name}`, expected: one?.value, found: value }]
  })
}

export const isSameHeader = (key: string, expected: string, found: string, scope: CompareScope): boolean =>
  expressionOf(expected, scope).test(found) ||
  isSameForm(expected, found) ||
  (expected.includes(hiddenSign) && isChanging(`header ${key}`, scope)) ||
  (key === 'content-type' && mediaType(expected) === mediaType(found))

/** Ignores letter case and white space. */
const mediaType = (value: string): string => value.toLowerCase().replace(/\s+|"/g, '')

const isChanging = (place: string, { changing }: CompareScope): boolean => changing?.has(place) ?? false

/** The structural differences of a body from the expected one. */
export const compareBodies = (expected: ParsedBody, found: ParsedBody, scope: CompareScope): Difference[] => {
  if (expected.tree === hiddenSign && isChanging('body', scope)) return []
  if (found.format === expected.format)
    return compareTrees(expected.tree, found.tree, '', { ...scope, ordered: found.format === 'XML' })
  const isEmpty = found.format === 'empty' || expected.format === 'empty'
  const describe = ({ format, tree }: ParsedBody) => {
    if (format === 'empty') return 'an empty body'
    const text = describeTree(tree, '', scope)
    return isEmpty ? text : `${format}: ${text}`
  }
  return [
    { kind: isEmpty ? 'empty body' : 'format', place: 'body', expected: describe(expected), found: describe(found) }
  ]
}

interface TreeScope extends CompareScope {
  /** Compare the order of keys. */
  readonly ordered: boolean
}

/** The differences of two trees at a path. */
export const compareTrees = (expected: Tree, found: Tree, path: string, scope: TreeScope): Difference[] => {
  if (expected instanceof MarkedLeaf) return compareMarked(expected, found, path, scope)
  if (isList(expected))
    return isList(found) ? compareLists(expected, found, path, scope) : otherType(expected, found, path, scope)
  if (isBranch(expected))
    return isBranch(found) ? compareBranches(expected, found, path, scope) : otherType(expected, found, path, scope)
  if (isList(found) || isBranch(found) || typeOf(found) !== typeOf(expected))
    return otherType(expected, found, path, scope)
  return isSameLeaf(expected, found, path, scope) ? [] : [differ('text', path, expected, found, scope)]
}

/** A number that changes has no value to compare, only its unit if it is a time. */
const isSameLeaf = (expected: Leaf, found: Leaf, path: string, scope: CompareScope): boolean =>
  expected === found ||
  isSameForm(expected, found) ||
  (isChanging(placeOf(path), scope) &&
    (String(expected).includes(hiddenSign) || (typeof found === 'number' && formOf(found) === undefined)))

const compareMarked = (expected: MarkedLeaf, found: Tree, path: string, scope: CompareScope): Difference[] => {
  const { text, bare } = expected
  if (typeof found !== (bare ? 'number' : 'string')) return otherType(expected, found, path, scope)
  if (expressionOf(text, scope).test(String(found))) return []
  return [differ(marksIn(text).includes('token') ? 'token shape' : 'text', path, expected, found, scope)]
}

/** A list of equal elements with marks matches a list of any length. */
const compareLists = (
  expected: readonly Tree[],
  found: readonly Tree[],
  path: string,
  scope: TreeScope
): Difference[] => {
  const [first] = expected
  if (first !== undefined && isVolatileList(expected))
    return found.flatMap((each, index) => compareTrees(first, each, joinPath(path, index), scope))
  const shared = Math.min(expected.length, found.length)
  return [
    ...expected
      .slice(0, shared)
      .flatMap((each, index) => compareTrees(each, found[index] ?? null, joinPath(path, index), scope)),
    ...expected.slice(shared).map((each, index) => missingKey(joinPath(path, shared + index), each, scope)),
    ...found.slice(shared).map((each, index) => additionalKey(joinPath(path, shared + index), each, scope))
  ]
}

const isVolatileList = (list: readonly Tree[]): boolean =>
  list.length > 0 && list.every(each => containsMark(each) && JSON.stringify(each) === JSON.stringify(list[0]))

const containsMark = (tree: Tree): boolean => {
  if (tree instanceof MarkedLeaf) return true
  if (isList(tree)) return tree.some(containsMark)
  return isBranch(tree) && Object.values(tree).some(containsMark)
}

const compareBranches = (expected: Branch, found: Branch, path: string, scope: TreeScope): Difference[] => {
  const differences = [
    ...Object.entries(expected).flatMap(([key, value]) => {
      const there = Object.hasOwn(found, key) ? found[key] : undefined
      return there === undefined
        ? [missingKey(joinPath(path, key), value, scope)]
        : compareTrees(value, there, joinPath(path, key), scope)
    }),
    ...Object.entries(found)
      .filter(([key]) => !Object.hasOwn(expected, key))
      .map(([key, value]) => additionalKey(joinPath(path, key), value, scope))
  ]
  const [before, after] = [Object.keys(expected).join(', '), Object.keys(found).join(', ')]
  if (!scope.ordered || differences.some(({ kind }) => kind === 'key') || before === after) return differences
  return [...differences, { kind: 'order', place: placeOf(path), expected: before, found: after }]
}

const missingKey = (path: string, tree: Tree, scope: CompareScope): Difference => ({
  kind: 'key',
  place: placeOf(path),
  expected: describeTree(tree, path, scope),
  found: undefined
})

const additionalKey = (path: string, tree: Tree, scope: CompareScope): Difference => ({
  kind: 'key',
  place: placeOf(path),
  expected: undefined,
  found: describeTree(tree, path, scope)
})

const otherType = (expected: Tree, found: Tree, path: string, scope: CompareScope): Difference[] => [
  {
    kind: 'type',
    place: placeOf(path),
    expected: `${typeOf(expected)} ${describeTree(expected, path, scope)}`,
    found: `${typeOf(found)} ${describeTree(found, path, scope)}`
  }
]

const differ = (kind: DifferenceKind, path: string, expected: Tree, found: Tree, scope: CompareScope): Difference => ({
  kind,
  place: placeOf(path),
  expected: describeTree(expected, path, scope),
  found: describeTree(found, path, scope)
})

const placeOf = (path: string): string => (path === '' ? 'body' : `body ${path}`)

const typeOf = (tree: Tree): string => {
  if (tree instanceof MarkedLeaf) return tree.bare ? 'number' : 'string'
  if (isList(tree)) return 'list'
  return tree === null ? 'null' : typeof tree
}

/** The forms of ids and times. Two values of the same form are equal. */
const forms: readonly (readonly [name: string, expression: RegExp])[] = [
  ['uuid', /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i],
  ['time', /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}/],
  ['date', /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/],
  ['unix seconds', /^(?:1[5-9]|2[01])\d{8}$/],
  ['unix milliseconds', /^(?:1[5-9]|2[01])\d{11}$/]
]

/** The form of an id or a time. */
export const formOf = (leaf: Leaf): string | undefined =>
  forms.find(([, expression]) => expression.test(String(leaf)))?.[0]

const isSameForm = (one: Leaf, other: Leaf): boolean => {
  const form = formOf(one)
  return form !== undefined && form === formOf(other)
}

/** Values that differ in each response are described by their form, so that equal differences have equal texts. */
const describeText = (text: string, changes: boolean, { values: { token } }: CompareScope): string => {
  const isOpaque = text === hiddenSign || !text.includes(hiddenSign)
  const form = formOf(text) ?? (changes && isOpaque ? 'changing' : undefined)
  if (form !== undefined) return `{${form}}`
  return token !== undefined && token.length >= 8 ? text.replaceAll(token, '{token}') : text
}

const describeTree = (tree: Tree, path: string, scope: CompareScope): string => {
  const told = plain(tree, path, scope)
  return truncated(typeof told === 'string' && isSign(tree, told) ? told : JSON.stringify(told))
}

/** A mark, or the form of a value, needs no quotes. */
const isSign = (tree: Tree, told: string): boolean =>
  tree instanceof MarkedLeaf || (told !== tree && /^\{[a-z ]+\}$/.test(told))

const plain = (tree: Tree, path: string, scope: CompareScope): unknown => {
  if (tree instanceof MarkedLeaf) return tree.text
  if (isList(tree)) return tree.map((each, index) => plain(each, joinPath(path, index), scope))
  if (isBranch(tree))
    return Object.fromEntries(
      Object.entries(tree).map(([key, value]) => [key, plain(value, joinPath(path, key), scope)])
    )
  if (typeof tree !== 'string' && typeof tree !== 'number') return tree
  const text = String(tree)
  const described = describeText(text, isChanging(placeOf(path), scope), scope)
  return described === text ? tree : described
}

const maxText = 200

const truncated = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)

/** The places with different values in two responses to the same request. */
export const changedPlaces = (one: ReceivedAnswer, other: ReceivedAnswer): string[] => {
  const [before, after] = [productHeaders(one.headers), productHeaders(other.headers)]
  const headers = [...before].filter(([key, { value }]) => after.has(key) && after.get(key)?.value !== value)
  const [body, otherBody] = [parseBody(one.body), parseBody(other.body)]
  return [
    ...headers.map(([key]) => `header ${key}`),
    ...(body.format === otherBody.format ? changedPaths(body.tree, otherBody.tree, '').map(placeOf) : [])
  ]
}

const changedPaths = (one: Tree, other: Tree, path: string): string[] => {
  if (isList(one) && isList(other))
    return one.flatMap((each, index) =>
      index < other.length ? changedPaths(each, other[index] ?? null, joinPath(path, index)) : []
    )
  if (isBranch(one) && isBranch(other))
    return Object.entries(one).flatMap(([key, value]) =>
      Object.hasOwn(other, key) ? changedPaths(value, other[key] ?? null, joinPath(path, key)) : []
    )
  return one === other ? [] : [path]
}

/** Whether a place of a response is part of a difference. */
export const isWithin = (place: string, { place: outer }: Difference): boolean => {
  if (outer.startsWith('header ')) return place === outer.toLowerCase()
  return place === outer || place.startsWith(outer === 'body' ? 'body ' : `${outer}.`)
}

/** The leaf at a place, and the header at one, of a response. */
export const valueAt = (place: string, { headers, body }: ReceivedAnswer): Leaf | undefined => {
  if (place.startsWith('header ')) return productHeaders(headers).get(place.slice('header '.length))?.value
  return leavesOf(parseBody(body).tree, '').find(([path]) => placeOf(path) === place)?.[1]
}

const leavesOf = (tree: Tree, path: string): (readonly [path: string, leaf: Leaf])[] => {
  if (isList(tree)) return tree.flatMap((each, index) => leavesOf(each, joinPath(path, index)))
  if (isBranch(tree)) return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, joinPath(path, key)))
  return [[path, tree]]
}
