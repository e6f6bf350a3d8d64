import { stringify } from 'yaml'
import { keysOf } from '../base/own-keys.js'
import { editBody } from '../overlay/edit-body.js'
import { leastRandom, randomPlaces, stepsOf } from '../overlay/overlay.js'
import type { OverlayCondition, OverlayDocument, OverlayEntry, OverlayValue } from '../overlay/overlay-document.js'
import type { Fidelity } from '../product/product.js'
import type { Cases, ExpectedAnswer } from './cases.js'
import {
  type CompareScope,
  compareBodies,
  compareTrees,
  formOf,
  hiddenSign,
  isSameHeader,
  mockReference,
  type ReferenceAnswer
} from './compare.js'
import { productHeaders, type ReceivedAnswer } from './http-transport.js'
import type { Observation, Run } from './player.js'
import {
  isBranch,
  isList,
  joinPath,
  type Leaf,
  MarkedLeaf,
  type ParsedBody,
  parseBody,
  type Tree
} from './response-body.js'
import { type MockSetup, otherShape, scopeOf } from './verify-product.js'

interface SavedOverlay {
  readonly document: OverlayDocument
  /** Cases with a difference that an overlay cannot express. */
  readonly left: readonly string[]
}

interface SaveOptions {
  readonly setup: MockSetup
  readonly fidelity: Fidelity
  readonly real: Run
  /** The mock without an overlay. */
  readonly mock: Run
  readonly title: string
}

/** An overlay that makes the mock of this fidelity respond as the server did. */
export const createOverlay = ({ setup, fidelity, real, mock, title }: SaveOptions): SavedOverlay => {
  const { product } = setup
  const { entries, left } = overlayEntries(editedAnswers(setup, fidelity, real, mock))
  const shape = otherShape(real, setup.cases)
  const token = shape !== undefined && randomPlaces(shape) >= leastRandom ? shape : undefined
  const overlay = { ...(token !== undefined && { token }), ...(entries.length > 0 && { answers: entries }) }
  return { document: { title, products: { [product.name]: overlay } }, left }
}

const editedAnswers = ({ cases }: MockSetup, fidelity: Fidelity, real: Run, mock: Run): EditedAnswer[] => {
  const samples = new Map<string, Leaf>()
  return real.observations.flatMap(observation => {
    const { case: each, answer } = observation
    const played = mock.observations.find(({ case: { name } }) => name === each.name)
    if (!answer || !played?.answer?.facts) return []
    const scope = { ...scopeOf(observation, { cases }), samples }
    const edits = editsOf({ answer: played.answer, expected: each.expect[fidelity], played, cases }, answer, scope)
    return [{ name: each.name, facts: played.answer.facts, edits }]
  })
}

/** The overlay as a file. */
export const renderOverlay = ({ document, left }: SavedOverlay, fidelity: Fidelity): string =>
  [
    `# Written by session-mock verify-real --save. For a mock with --fidelity ${fidelity}; format: docs/verify-real.md.`,
    ...left.map(name => `# Not included, as no condition distinguishes it from others: ${name}`),
    stringify(document, { lineWidth: 0 })
  ].join('\n')

/** One change of a response, as an entry of an overlay. */
export type OverlayEdit = Pick<OverlayEntry, 'status' | 'headers' | 'set' | 'remove' | 'body'>

interface EditScope extends CompareScope {
  /** The first value of each id and time: a later one is no other change. */
  readonly samples: Map<string, Leaf>
}

/** A response of the mock. */
interface MockAnswer {
  readonly answer: ReceivedAnswer
  readonly expected: ExpectedAnswer
  readonly played: Observation
  readonly cases: Cases
}

/** The changes that turn a response of the mock into that of the server, one by one. */
const editsOf = (mock: MockAnswer, real: ReceivedAnswer, scope: EditScope): OverlayEdit[] => {
  const reference = referenceOf(mock, mock.answer.body)
  return [
    ...(reference.status === real.status ? [] : [{ status: real.status }]),
    ...headerEdits(reference.headers, real.headers, scope),
    ...bodyEdits(mock, reference.body, real.body, scope)
  ]
}

const referenceOf = ({ answer, expected, played, cases }: MockAnswer, body: string): ReferenceAnswer =>
  mockReference({ ...answer, body }, expected, {
    ...scopeOf(played, { cases }),
    volatileHeaders: cases.volatileHeaders
  })

const headerEdits = (
  mock: ReceivedAnswer['headers'],
  real: ReceivedAnswer['headers'],
  scope: EditScope
): OverlayEdit[] => {
  const [before, after] = [productHeaders(mock), productHeaders(real)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key): OverlayEdit[] => {
    const [one, other] = [before.get(key), after.get(key)]
    if (!other) return [{ headers: { [one?.name ?? key]: null } }]
    if (one && key !== 'content-type' && isSameHeader(key, one.value, other.value, scope)) return []
    if (one && one.value === other.value) return []
    return [{ headers: { [one?.name ?? other.name]: String(sampleOf(other.value, `header ${key}`, scope)) } }]
  })
}

const bodyEdits = (mock: MockAnswer, expected: ParsedBody, text: string, scope: EditScope): OverlayEdit[] => {
  const real = parseBody(text)
  if (compareBodies(expected, real, scope).length === 0) return []
  const whole = () => [
    { body: real.tree === text ? String(sampleOf(text, 'body', scope)) : withPlaceholders(text, scope) }
  ]
  if (expected.format !== real.format || !isBranch(expected.tree) || !isBranch(real.tree)) return whole()
  const isXml = real.format === 'XML'
  if (isXml && Object.keys(expected.tree).join() !== Object.keys(real.tree).join()) return whole()
  const edits = treeEdits(expected.tree, real.tree, { pointer: '', path: '', isXml }, scope)
  const changed = referenceOf(mock, edited(mock, edits)).body
  return compareBodies(changed, real, scope).length === 0 && edits.every(hasPointers) ? edits : whole()
}

/** An empty key has no pointer in an overlay. */
const hasPointers = ({ set = {}, remove = [] }: OverlayEdit): boolean =>
  [...Object.keys(set), ...remove].every(pointer => stepsOf(pointer).every(step => step !== ''))

/** The body of the mock with these changes. */
const edited = ({ answer, played: { values } }: MockAnswer, edits: readonly OverlayEdit[]): string => {
  const known: Readonly<Record<string, string>> = { ...values, uuid: '00000000-0000-4000-8000-000000000000' }
  const fill = (value: OverlayValue): OverlayValue =>
    JSON.parse(
      JSON.stringify(value).replace(/\{(token|login|uuid)\}/g, (_, name: string) =>
        JSON.stringify(known[name] ?? '').slice(1, -1)
      )
    )
  return edits.reduce((body, { set = {}, remove = [] }) => {
    const changed = Object.entries(set).reduce((text, [at, value]) => editBody(text, stepsOf(at), fill(value)), body)
    return remove.reduce((text, at) => editBody(text, stepsOf(at), undefined), changed)
  }, answer.body)
}

interface TreePlace {
  readonly pointer: string
  readonly path: string
  readonly isXml: boolean
}

const treeEdits = (mock: Tree, real: Tree, at: TreePlace, scope: EditScope): OverlayEdit[] => {
  const { pointer, path, isXml } = at
  if (compareTrees(mock, real, path, { ...scope, ordered: false }).length === 0) return []
  const [before, after] = isXml ? [asElement(mock), asElement(real)] : [mock, real]
  if (!isBranch(before) || !isBranch(after)) return [setEdit(at, real, scope)]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key => {
    const [one, other] = [own(before, key), own(after, key)]
    const inner = {
      pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      path: key === '#' && !isBranch(real) ? path : joinPath(path, key),
      isXml
    }
    if (other === undefined) return [{ remove: [inner.pointer] }]
    if (one === undefined || key === '#') return one === other ? [] : [setEdit(inner, other, scope)]
    return treeEdits(one, other, inner, scope)
  })
}

/** An element with only a text, as one with attributes or children. */
const asElement = (tree: Tree): Tree => (isList(tree) || isBranch(tree) ? tree : { '#': tree })

const own = (tree: { readonly [key: string]: Tree }, key: string): Tree | undefined =>
  Object.hasOwn(tree, key) ? tree[key] : undefined

const setEdit = ({ pointer, path }: TreePlace, value: Tree, scope: EditScope): OverlayEdit => ({
  set: { [pointer]: valueOfTree(value, path, scope) }
})

const valueOfTree = (tree: Tree, path: string, scope: EditScope): OverlayValue => {
  if (tree instanceof MarkedLeaf) return tree.text
  if (isList(tree)) return tree.map((each, index) => valueOfTree(each, joinPath(path, index), scope))
  if (isBranch(tree))
    return Object.fromEntries(
      Object.entries(tree).map(([key, value]) => [key, valueOfTree(value, joinPath(path, key), scope)])
    )
  const sample = sampleOf(tree, `body ${path}`, scope)
  return sample instanceof MarkedLeaf ? sample.text : sample
}

const uuid = /\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g

/** A value for the overlay: with placeholders, without a secret, and the same for each id and time of this place. */
const sampleOf = (leaf: Leaf, place: string, scope: EditScope): Leaf => {
  const form = formOf(leaf)
  const changes = scope.changing?.has(place)
  if (form === 'uuid' || (form === undefined && !changes))
    return typeof leaf === 'string' ? withPlaceholders(leaf, scope) : leaf
  const key = `${form} ${typeof leaf} ${place}`
  const isOpaque = form === undefined && typeof leaf === 'string' && !leaf.includes(hiddenSign)
  const sample = scope.samples.get(key) ?? (isOpaque ? hiddenSign : leaf)
  scope.samples.set(key, sample)
  return sample
}

/** Replaces the token and ids by placeholders, and the login if it is the complete text. */
const withPlaceholders = (text: string, { values }: CompareScope): string => {
  if (text !== '' && text === values.login) return '{login}'
  const token = values.token ?? ''
  return (token.length >= 8 ? text.replaceAll(token, '{token}') : text).replace(uuid, '{uuid}')
}

/** A response of the mock, and the changes that turn it into that of the server. */
export interface EditedAnswer {
  readonly name: string
  readonly facts: OverlayCondition
  readonly edits: readonly OverlayEdit[]
}

type Fact = keyof OverlayCondition

/** The conditions of an entry, from general to specific. Without conditions, only headers may be set. */
const choices: readonly (readonly Fact[])[] = [
  [],
  ['outcome'],
  ['outcome', 'status'],
  ['operation', 'outcome'],
  ['outcome', 'reason'],
  ['outcome', 'type'],
  ['operation', 'outcome', 'type'],
  ['operation', 'outcome', 'reason'],
  ['operation', 'outcome', 'reason', 'type'],
  ['outcome', 'path'],
  ['outcome', 'method', 'path'],
  ['outcome', 'reason', 'method', 'path'],
  ['outcome', 'reason', 'method', 'path', 'type'],
  ['outcome', 'reason', 'method', 'path', 'type', 'accept'],
  ['outcome', 'reason', 'method', 'path', 'type', 'accept', 'content_type']
]

interface OverlayEntries {
  readonly entries: readonly OverlayEntry[]
  /** Differing cases without a condition that distinguishes them from other cases. */
  readonly left: readonly string[]
}

/** The fewest entries that apply exactly these changes to these responses. */
export const overlayEntries = (answers: readonly EditedAnswer[]): OverlayEntries => {
  const entries = new Map<string, { when: OverlayCondition; edits: OverlayEdit[] }>()
  const left = new Set<string>()
  for (const edit of distinctEdits(answers))
    for (const answer of answers.filter(each => hasEdit(each, edit))) {
      const when = conditionOf(edit, answer, answers)
      if (!when) {
        left.add(answer.name)
        continue
      }
      const key = JSON.stringify(when)
      const entry = entries.get(key) ?? { when, edits: [] }
      entries.set(key, entry)
      if (!entry.edits.includes(edit)) entry.edits.push(edit)
    }
  const sorted = [...entries.values()].sort((a, b) => Object.keys(a.when).length - Object.keys(b.when).length)
  return { entries: sorted.map(({ when, edits }) => merged(when, edits)), left: [...left] }
}

const distinctEdits = (answers: readonly EditedAnswer[]): OverlayEdit[] => [
  ...new Map(answers.flatMap(({ edits }) => edits.map(edit => [JSON.stringify(edit), edit] as const))).values()
]

const hasEdit = ({ edits }: EditedAnswer, edit: OverlayEdit): boolean =>
  edits.some(each => JSON.stringify(each) === JSON.stringify(edit))

/** The most general condition that matches this response, and none without the change. */
const conditionOf = (
  edit: OverlayEdit,
  { facts }: EditedAnswer,
  answers: readonly EditedAnswer[]
): OverlayCondition | undefined => {
  const concerned = answers.filter(each => isConcerned(edit, each))
  return choices
    .filter(choice => choice.length > 0 || edit.headers)
    .map(choice => pick(facts, choice))
    .find(when => concerned.every(each => !holds(when, each.facts) || hasEdit(each, edit)))
}

/** A response to HEAD has no body to change. */
const isConcerned = ({ status, headers }: OverlayEdit, { facts }: EditedAnswer): boolean =>
  status !== undefined || headers !== undefined || facts.method !== 'HEAD'

const pick = (facts: OverlayCondition, names: readonly Fact[]): OverlayCondition =>
  Object.fromEntries(names.flatMap(name => (facts[name] === undefined ? [] : [[name, facts[name]]])))

const holds = (when: OverlayCondition, facts: OverlayCondition): boolean =>
  keysOf(when).every(name => facts[name] === when[name])

const merged = (when: OverlayCondition, edits: readonly OverlayEdit[]): OverlayEntry => {
  const status = edits.find(edit => edit.status !== undefined)?.status
  const body = edits.find(edit => edit.body !== undefined)?.body
  const headers = Object.assign({}, ...edits.map(edit => edit.headers))
  const set = Object.assign({}, ...edits.map(edit => edit.set))
  const remove = edits.flatMap(edit => edit.remove ?? [])
  return {
    ...(Object.keys(when).length > 0 && { when }),
    ...(status !== undefined && { status }),
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(set).length > 0 && { set }),
    ...(remove.length > 0 && { remove }),
    ...(body !== undefined && { body })
  }
}
