import type { OverlayEntry, OverlayValue } from '../overlay/overlay-document.js'
import { productHeaders, type ReceivedAnswer } from './answer.js'
import type { ReferenceAnswer } from './compare-answers.js'
import { isVolatileList } from './compare-bodies.js'
import { expressionOf, type MarkScope } from './marks.js'
import { isBranch, isList, MarkedLeaf, type ParsedBody, parseBody, type Tree } from './tree.js'
import { isSameVolatile } from './volatile.js'

/** One change of a response, as an entry of an overlay. */
export type OverlayEdit = Pick<OverlayEntry, 'status' | 'headers' | 'set' | 'remove' | 'body'>

/** The changes that turn a response of the mock into that of the server, one by one. */
export const editsOf = async (
  mock: ReferenceAnswer,
  real: ReceivedAnswer,
  scope: MarkScope
): Promise<OverlayEdit[]> => [
  ...(mock.status === real.status ? [] : [{ status: real.status }]),
  ...headerEdits(mock.headers, real.headers, scope),
  ...bodyEdits(mock.body, await parseBody(real.body), real.body, scope)
]

const headerEdits = (
  mock: ReceivedAnswer['headers'],
  real: ReceivedAnswer['headers'],
  scope: MarkScope
): OverlayEdit[] => {
  const [before, after] = [productHeaders(mock), productHeaders(real)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): OverlayEdit[] => {
    const [one, other] = [before.get(key), after.get(key)]
    if (!other) return [{ headers: { [one?.name ?? key]: null } }]
    if (one && (expressionOf(one.value, scope).test(other.value) || isSameVolatile(one.value, other.value))) return []
    return [{ headers: { [one?.name ?? other.name]: withPlaceholders(other.value, scope) } }]
  })
}

const bodyEdits = (mock: ParsedBody, real: ParsedBody, text: string, scope: MarkScope): OverlayEdit[] => {
  const edits = mock.format === real.format ? treeEdits(mock.tree, real.tree, '', scope) : undefined
  return edits ?? [{ body: withPlaceholders(text, scope) }]
}

/** Undefined if the whole body must be replaced. */
const treeEdits = (mock: Tree, real: Tree, pointer: string, scope: MarkScope): OverlayEdit[] | undefined => {
  if (isSameTree(mock, real, scope)) return []
  if (!isBranch(mock) || !isBranch(real)) return pointer === '' ? undefined : [setEdit(pointer, real, scope)]
  return [...new Set([...Object.keys(mock), ...Object.keys(real)])].flatMap(key => {
    const [one, other] = [own(mock, key), own(real, key)]
    const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (other === undefined) return [{ remove: [at] }]
    return one === undefined ? [setEdit(at, other, scope)] : (treeEdits(one, other, at, scope) ?? [])
  })
}

const own = (tree: { readonly [key: string]: Tree }, key: string): Tree | undefined =>
  Object.hasOwn(tree, key) ? tree[key] : undefined

const setEdit = (pointer: string, value: Tree, scope: MarkScope): OverlayEdit => ({
  set: { [pointer]: valueOfTree(value, scope) }
})

const isSameTree = (mock: Tree, real: Tree, scope: MarkScope): boolean => {
  if (mock instanceof MarkedLeaf)
    return typeof real === (mock.bare ? 'number' : 'string') && expressionOf(mock.text, scope).test(String(real))
  if (isList(mock)) {
    if (!isList(real)) return false
    const [first = ''] = mock
    if (isVolatileList(mock)) return real.every(each => isSameTree(first, each, scope))
    return mock.length === real.length && mock.every((each, index) => isSameTree(each, real[index] ?? null, scope))
  }
  if (isBranch(mock)) {
    if (!isBranch(real)) return false
    const keys = Object.keys(mock)
    return (
      keys.length === Object.keys(real).length &&
      keys.every(key => Object.hasOwn(real, key) && isSameTree(mock[key] ?? null, real[key] ?? null, scope))
    )
  }
  if (isList(real) || isBranch(real) || real instanceof MarkedLeaf) return false
  return mock === real || (typeof mock === typeof real && isSameVolatile(mock, real))
}

const valueOfTree = (tree: Tree, scope: MarkScope): OverlayValue => {
  if (typeof tree === 'string') return withPlaceholders(tree, scope)
  if (tree instanceof MarkedLeaf) return tree.text
  if (isList(tree)) return tree.map(each => valueOfTree(each, scope))
  if (!isBranch(tree)) return tree
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, valueOfTree(value, scope)]))
}

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g

/** Replaces the token and ids by placeholders, and the login if it is the complete text. */
const withPlaceholders = (text: string, { values }: MarkScope): string => {
  if (text !== '' && text === values.login) return '{login}'
  const token = values.token ?? ''
  return (token.length >= 8 ? text.replaceAll(token, '{token}') : text).replace(uuid, '{uuid}')
}
