import type { Difference, DifferenceKind } from './difference.js'
import { expressionOf, type MarkScope, marksIn } from './marks.js'
import { isBranch, isList, type Leaf, MarkedLeaf, type ParsedBody, type Tree } from './tree.js'
import { isSameVolatile } from './volatile.js'

/** The structural differences of a body from the expected one. */
export const compareBodies = (expected: ParsedBody, found: ParsedBody, scope: MarkScope): Difference[] => {
  if (found.format === expected.format)
    return compareTrees(expected.tree, found.tree, '', { ...scope, ordered: found.format === 'XML' })
  const isEmpty = found.format === 'empty' || expected.format === 'empty'
  const describe = ({ format, tree }: ParsedBody) =>
    format === 'empty' ? 'an empty body' : isEmpty ? describeTree(tree) : `${format}: ${describeTree(tree)}`
  return [
    { kind: isEmpty ? 'empty body' : 'format', place: 'body', expected: describe(expected), found: describe(found) }
  ]
}

interface TreeScope extends MarkScope {
  /** Compare the order of keys. */
  readonly ordered: boolean
}

const compareTrees = (expected: Tree, found: Tree, path: string, scope: TreeScope): Difference[] => {
  if (expected instanceof MarkedLeaf) return compareMarked(expected, found, path, scope)
  if (isList(expected))
    return isList(found) ? compareLists(expected, found, path, scope) : otherType(expected, found, path)
  if (isBranch(expected))
    return isBranch(found) ? compareBranches(expected, found, path, scope) : otherType(expected, found, path)
  if (isList(found) || isBranch(found) || typeOf(found) !== typeOf(expected)) return otherType(expected, found, path)
  return expected === found || isSameVolatile(expected, found) ? [] : [differ('text', path, expected, found)]
}

const compareMarked = ({ text, bare }: MarkedLeaf, found: Tree, path: string, scope: MarkScope): Difference[] => {
  const expected = new MarkedLeaf(text, bare)
  const type = bare ? 'number' : 'string'
  if (typeof found !== type) return otherType(expected, found, path)
  if (expressionOf(text, scope).test(String(found))) return []
  return [differ(marksIn(text).includes('token') ? 'token shape' : 'text', path, expected, found)]
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
    return found.flatMap((each, index) => compareTrees(first, each, join(path, index), scope))
  const shared = Math.min(expected.length, found.length)
  return [
    ...expected
      .slice(0, shared)
      .flatMap((each, index) => compareTrees(each, found[index] ?? null, join(path, index), scope)),
    ...expected.slice(shared).map((each, index) => missingKey(join(path, shared + index), each)),
    ...found.slice(shared).map((each, index) => additionalKey(join(path, shared + index), each))
  ]
}

export const isVolatileList = (list: readonly Tree[]): boolean =>
  list.length > 0 && list.every(each => containsMark(each) && JSON.stringify(each) === JSON.stringify(list[0]))

const containsMark = (tree: Tree): boolean => {
  if (tree instanceof MarkedLeaf) return true
  if (isList(tree)) return tree.some(containsMark)
  return isBranch(tree) && Object.values(tree).some(containsMark)
}

const compareBranches = (
  expected: Readonly<Record<string, Tree>>,
  found: Readonly<Record<string, Tree>>,
  path: string,
  scope: TreeScope
): Difference[] => {
  const differences = [
    ...Object.entries(expected).flatMap(([key, value]) => {
      const there = Object.hasOwn(found, key) ? found[key] : undefined
      return there === undefined
        ? [missingKey(join(path, key), value)]
        : compareTrees(value, there, join(path, key), scope)
    }),
    ...Object.entries(found)
      .filter(([key]) => !Object.hasOwn(expected, key))
      .map(([key, value]) => additionalKey(join(path, key), value))
  ]
  const [before, after] = [Object.keys(expected).join(', '), Object.keys(found).join(', ')]
  if (!scope.ordered || differences.some(({ kind }) => kind === 'key') || before === after) return differences
  return [...differences, { kind: 'order', place: placeOf(path), expected: before, found: after }]
}

const missingKey = (path: string, tree: Tree): Difference => ({
  kind: 'key',
  place: placeOf(path),
  expected: describeTree(tree),
  found: undefined
})

const additionalKey = (path: string, tree: Tree): Difference => ({
  kind: 'key',
  place: placeOf(path),
  expected: undefined,
  found: describeTree(tree)
})

const otherType = (expected: Tree, found: Tree, path: string): Difference[] => [
  differ('type', path, expected, found, tree => `${typeOf(tree)} ${describeTree(tree)}`)
]

const differ = (
  kind: DifferenceKind,
  path: string,
  expected: Tree,
  found: Tree,
  describe = describeTree
): Difference => ({
  kind,
  place: placeOf(path),
  expected: describe(expected),
  found: describe(found)
})

const join = (path: string, step: string | number): string => (path === '' ? String(step) : `${path}.${step}`)

const placeOf = (path: string): string => (path === '' ? 'body' : `body ${path}`)

const typeOf = (tree: Tree): string => {
  if (tree instanceof MarkedLeaf) return tree.bare ? 'number' : 'string'
  if (isList(tree)) return 'list'
  return tree === null ? 'null' : typeof tree
}

const describeTree = (tree: Tree): string =>
  truncated(tree instanceof MarkedLeaf ? tree.text : JSON.stringify(plain(tree)))

const plain = (tree: Tree): unknown => {
  if (tree instanceof MarkedLeaf) return tree.text
  if (isList(tree)) return tree.map(plain)
  return isBranch(tree)
    ? Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, plain(value)]))
    : (tree satisfies Leaf)
}

const maxText = 200

const truncated = (text: string): string => (text.length > maxText ? `${text.slice(0, maxText)}…` : text)
