import { stringify } from 'yaml'
import type { OverlayDocument } from '../overlay/overlay-document.js'
import type { Fidelity } from '../product/product.js'
import { tokenOf } from './opened-sessions.js'
import { editsOf } from './overlay-edits.js'
import { type EditedAnswer, overlayEntries } from './overlay-entries.js'
import type { Run } from './player.js'
import { mockReference } from './reference.js'
import { shapeOf } from './shape.js'
import { type MockSetup, playMocks } from './verify.js'

export interface SavedOverlay {
  readonly document: OverlayDocument
  /** Cases with a difference that an overlay cannot express. */
  readonly left: readonly string[]
}

export interface SaveOptions {
  readonly setup: MockSetup
  readonly fidelity: Fidelity
  readonly real: Run
  readonly title: string
}

/** An overlay that makes the mock of this fidelity respond as the server did. */
export const createOverlay = async ({ setup, fidelity, real, title }: SaveOptions): Promise<SavedOverlay> => {
  const { product } = setup
  const mocks = await playMocks({ ...setup, overlay: undefined })
  const { entries, left } = overlayEntries(await editedAnswers(setup, fidelity, real, mocks[fidelity]))
  const token = otherShape(real, setup)
  const overlay = { ...(token !== undefined && { token }), ...(entries.length > 0 && { answers: entries }) }
  return { document: { title, products: { [product.name]: overlay } }, left }
}

const editedAnswers = async (
  { cases }: MockSetup,
  fidelity: Fidelity,
  real: Run,
  mock: Run
): Promise<EditedAnswer[]> => {
  const found = await Promise.all(
    real.observations.map(async ({ case: each, answer, values }): Promise<EditedAnswer[]> => {
      const played = mock.observations.find(observation => observation.case.name === each.name)
      if (!answer || !played?.answer?.facts) return []
      const reference = await mockReference(played.answer, each.expect[fidelity], {
        values: played.values,
        patterns: cases.patterns,
        volatileHeaders: cases.volatileHeaders
      })
      const edits = await editsOf(reference, answer, { values, patterns: cases.patterns })
      return [{ name: each.name, facts: played.answer.facts, edits }]
    })
  )
  return found.flat()
}

/** The form of the tokens of the server, if it differs from that of the product. */
const otherShape = ({ observations }: Run, { cases }: MockSetup): string | undefined => {
  const tokens = observations.flatMap(({ case: each, answer }) =>
    each.opens && answer ? (tokenOf(answer, cases) ?? []) : []
  )
  const usual = new RegExp(`^(?:${cases.patterns.token})$`)
  return tokens.every(token => usual.test(token)) ? undefined : shapeOf(tokens)
}

/** The overlay as a file. */
export const renderOverlay = ({ document, left }: SavedOverlay, fidelity: Fidelity): string =>
  [
    `# Written by session-mock verify-real --save. For a mock with --fidelity ${fidelity}; format: docs/verify-real.md.`,
    ...left.map(name => `# Not included, as no condition distinguishes it from others: ${name}`),
    stringify(document, { lineWidth: 0 })
  ].join('\n')
