/** What can differ between two answers. */
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
  /** What the mock or the document has; undefined where it has nothing there. */
  readonly expected: string | undefined
  /** What the server has; undefined where it has nothing there. */
  readonly found: string | undefined
}

/** `status: 403 instead of 401`. */
export const describeDifference = ({ kind, place, expected, found }: Difference): string => {
  const what = kind === 'status' ? 'status' : `${kind}${place === kind ? '' : `, ${place}`}`
  if (expected === undefined) return `${what}: ${found} in addition`
  return `${what}: ${found === undefined ? `${expected} is missing` : `${found} instead of ${expected}`}`
}

/** The same text for the same difference, wherever it is. */
export const differenceKey = ({ kind, place, expected, found }: Difference): string =>
  JSON.stringify([kind, place, expected, found])
