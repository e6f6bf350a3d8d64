/** The kinds of differences between two responses. */
export const differenceKinds = [
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
export type DifferenceKind = (typeof differenceKinds)[number]

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

/** A key that is equal for equal differences in different cases. */
export const differenceKey = ({ kind, place, expected, found }: Difference): string =>
  JSON.stringify([kind, place, expected, found])
