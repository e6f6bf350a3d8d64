import { type Verdict, type VerdictName, verdictsOf } from '../journal/verdicts.js'
import type { Library } from '../scenario/library.js'
import type { Rule } from '../scenario/rule.js'
import type { Space } from '../space.js'
import type { Story } from '../story.js'
import { settings } from './settings.js'

/** Takes down what a space is about to forget, for a strict end. */
export interface Audit {
  /** It goes back to the beginning of a story, or away. */
  leaving(space: Space): void
  /** It goes on with other rules. */
  changing(space: Space): void
}

/** An audit for which the story that runs where none is named is a mere offer: its magic accounts are there to be picked from. */
export const strictly = async (library: Library): Promise<Strict> => {
  const { story: offer } = await library.find(settings.scenario.fallback)
  return new Strict(({ title }) => title === offer.title)
}

/** Findings of a verdict that are said one by one; of the others only the number. */
const most = 20

/** What is wrong at the end: verdicts that failed in any space, and rules that never played in any. */
export class Strict implements Audit {
  readonly #failed = new Map<VerdictName, { readonly description: string; count: number; readonly words: string[] }>()
  readonly #rules = new Map<string, Rule>()
  readonly #played = new Set<string>()
  readonly #isOffer: (story: Story) => boolean

  /** `isOffer`: the story's rules are there to be picked from, so that none needs to play. */
  constructor(isOffer: (story: Story) => boolean) {
    this.#isOffer = isOffer
  }

  readonly leaving = (space: Space): void => {
    for (const verdict of verdictsOf([space])) this.#judge(verdict)
    if (!this.#isOffer(space.story)) for (const rule of space.play.rules) this.#rules.set(keyOf(rule), rule)
    this.changing(space)
  }

  readonly changing = ({ play }: Space): void => {
    for (const rule of play.rules) if (play.tally(rule).played > 0) this.#played.add(keyOf(rule))
  }

  /** In words, with the spaces that are still there; nothing where all is well. Asked once, at the end. */
  findings(spaces: readonly Space[]): string[] {
    for (const space of spaces) this.leaving(space)
    const idle = [...this.#rules].filter(([key]) => !this.#played.has(key)).map(([, rule]) => rule)
    return [
      ...[...this.#failed].flatMap(([verdict, { description, count, words }]) => [
        `${verdict}: ${description} (${count})`,
        ...words.map(each => `  ${each}`),
        ...(count > most ? [`  and ${count - most} more`] : [])
      ]),
      ...(idle.length === 0 ? [] : [`rules that never played (${idle.length})`]),
      ...idle.map(({ title, sentence }) => `  ${title}: ${sentence}`)
    ]
  }

  #judge({ verdict, description, findings }: Verdict): void {
    if (findings.length === 0) return
    const failed = this.#failed.get(verdict) ?? { description, count: 0, words: [] }
    this.#failed.set(verdict, failed)
    failed.count += findings.length
    failed.words.push(...findings.slice(0, most - failed.words.length).map(({ space, words }) => `${space}: ${words}`))
  }
}

/** The same rule in every space, and after its file was read again. */
const keyOf = ({ title, sentence }: Rule): string => `${title} ${sentence}`
