import type { ReceivedAnswer } from './answer.js'
import type { Cases, ExpectedAnswer } from './case.js'
import type { ReferenceAnswer } from './compare-answers.js'
import { isVolatileList } from './compare-bodies.js'
import { expressionOf, type MarkScope } from './marks.js'
import { isBranch, isList, MarkedLeaf, parseBody, parseExpectedBody, type Tree } from './tree.js'

/** The documented response, as a reference for comparisons. */
export const documentReference = async ({ status, headers, body }: ExpectedAnswer): Promise<ReferenceAnswer> => ({
  status,
  headers,
  body: await parseExpectedBody(body)
})

/** A response of the mock, with the marks of the expected response in its volatile parts. */
export const mockReference = async (
  answer: ReceivedAnswer,
  expected: ExpectedAnswer,
  { volatileHeaders, ...scope }: MarkScope & Pick<Cases, 'volatileHeaders'>
): Promise<ReferenceAnswer> => {
  const [template, body] = await Promise.all([parseExpectedBody(expected.body), parseBody(answer.body)])
  const texts = new Map(Object.entries(expected.headers).map(([name, text]) => [name.toLowerCase(), text]))
  const headers = Object.entries(answer.headers).map(([name, value]) => {
    const key = name.toLowerCase()
    const candidates = [texts.get(key) ?? [], volatileHeaders.get(key) ?? []].flat()
    return [name, candidates.find(text => expressionOf(text, scope).test(value)) ?? value]
  })
  return {
    status: answer.status,
    headers: Object.fromEntries(headers),
    body: { ...body, tree: withMarksOf(template.tree, body.tree, scope) }
  }
}

/** Puts the marks of the template into a tree, where they match its leaves. */
const withMarksOf = (template: Tree | undefined, tree: Tree, scope: MarkScope): Tree => {
  if (template instanceof MarkedLeaf && fits(template, tree, scope)) return template
  if (tree === scope.values.token && tree !== undefined) return new MarkedLeaf('{token}', false)
  if (isList(tree)) {
    const list = isList(template) ? template : []
    return isVolatileList(list)
      ? marked(list[0], tree, scope)
      : tree.map((each, at) => withMarksOf(list[at], each, scope))
  }
  if (!isBranch(tree)) return tree
  const branch = isBranch(template) ? template : {}
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, withMarksOf(branch[key], value, scope)]))
}

/** A list of any length keeps its mark, even if the mock returned an empty list. */
const marked = (template: Tree | undefined, tree: readonly Tree[], scope: MarkScope): Tree =>
  tree.length === 0 && template !== undefined ? [template] : tree.map(each => withMarksOf(template, each, scope))

const fits = ({ text, bare }: MarkedLeaf, tree: Tree, scope: MarkScope): boolean =>
  typeof tree === (bare ? 'number' : 'string') && expressionOf(text, scope).test(String(tree))
