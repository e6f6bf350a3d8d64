import { keysOf } from '../base/own-keys.js'
import type { OverlayCondition, OverlayEntry } from '../overlay/overlay-document.js'
import type { OverlayEdit } from './overlay-edits.js'

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

export interface OverlayEntries {
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
