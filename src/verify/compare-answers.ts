import { productHeaders, type ReceivedAnswer } from './answer.js'
import type { ExpectedAnswer } from './case.js'
import { compareBodies } from './compare-bodies.js'
import type { Difference } from './difference.js'
import { expressionOf, type MarkScope } from './marks.js'
import { type ParsedBody, parseBody } from './tree.js'
import { isSameVolatile } from './volatile.js'

/** The expected response of a comparison; its texts contain marks. */
export interface ReferenceAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ParsedBody
}

/** The differences of a response from a reference. With a different status, headers and body are not compared. */
export const compareAnswers = async (
  expected: ReferenceAnswer,
  found: ReceivedAnswer,
  scope: MarkScope
): Promise<Difference[]> => {
  const bodies = compareBodies(expected.body, await parseBody(found.body), scope)
  if (found.status === expected.status) return [...compareHeaders(expected, found, scope), ...bodies]
  return [{ kind: 'status', place: 'status', expected: String(expected.status), found: String(found.status) }]
}

const compareHeaders = (
  expected: Pick<ExpectedAnswer, 'headers'>,
  found: Pick<ReceivedAnswer, 'headers'>,
  scope: MarkScope
): Difference[] => {
  const [before, after] = [productHeaders(expected.headers), productHeaders(found.headers)]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(key => {
    const [one, other] = [before.get(key), after.get(key)]
    if (one && other && isSameValue(key, one.value, other.value, scope)) return []
    const kind = key === 'content-type' ? ('media type' as const) : ('header' as const)
    return [{ kind, place: `header ${(one ?? other)?.name}`, expected: one?.value, found: other?.value }]
  })
}

const isSameValue = (key: string, expected: string, found: string, scope: MarkScope): boolean =>
  expressionOf(expected, scope).test(found) ||
  isSameVolatile(expected, found) ||
  (key === 'content-type' && mediaType(expected) === mediaType(found))

/** Ignores letter case and white space. */
const mediaType = (value: string): string => value.toLowerCase().replace(/\s+|"/g, '')
