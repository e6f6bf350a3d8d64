import type { OverlayCondition, OverlayEntry } from '../overlay/overlay-document.js'
import type { OverlayEdit } from './overlay-edits.js'

/** An answer of the mock, and the changes that make it the answer of the server. */
export interface EditedAnswer {
  readonly name: string
  readonly facts: OverlayCondition
  readonly edits: readonly OverlayEdit[]
}

type Fact = keyof OverlayCondition

/** What an entry may ask, from the general to the special. Only headers may be set on all answers. */
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

export interface OverlayEntries {
  readonly entries: readonly OverlayEntry[]
  /** Cases that an overlay cannot tell from others, which the server answers otherwise. */
  readonly left: readonly string[]
}

/** The fewest entries that make these edits, and no others, on these answers. */
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

/** The most general condition that holds for this answer, and for none that lacks the edit. */
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

/** An answer to HEAD has no body that could be otherwise. */
const isConcerned = ({ status, headers }: OverlayEdit, { facts }: EditedAnswer): boolean =>
  status !== undefined || headers !== undefined || facts.method !== 'HEAD'

const pick = (facts: OverlayCondition, names: readonly Fact[]): OverlayCondition =>
  Object.fromEntries(names.flatMap(name => (facts[name] === undefined ? [] : [[name, facts[name]]])))

const holds = (when: OverlayCondition, facts: OverlayCondition): boolean =>
  Object.entries(when).every(([name, value]) => facts[name as Fact] === value)

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
