import type { FailureName } from '../product/failure.js'

/** Which answers an entry is about: all that its keys hold for. */
export interface OverlayCondition {
  readonly operation?: string
  readonly outcome?: 'success' | FailureName
  /** The reason of a refusal, as it stands in `why`. */
  readonly reason?: string
  /** Status of the answer of the mock. */
  readonly status?: number
  /** Media type of the answer of the mock, without parameters. */
  readonly type?: string
  readonly method?: string
  readonly path?: string
  /** Values of these headers of the request; empty where it has none. */
  readonly accept?: string
  readonly content_type?: string
}

/** A value in a body. */
export type OverlayValue =
  | string
  | number
  | boolean
  | null
  | readonly OverlayValue[]
  | { readonly [key: string]: OverlayValue }

export interface OverlayEntry {
  readonly when?: OverlayCondition
  readonly status?: number
  /** Headers to set; null takes one away. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Values by JSON pointer. */
  readonly set?: Readonly<Record<string, OverlayValue>>
  /** JSON pointers. */
  readonly remove?: readonly string[]
  /** The whole body. */
  readonly body?: string
}

export interface ProductOverlay {
  /** The form of tokens: a regular expression of classes and counts. */
  readonly token?: string
  readonly answers?: readonly OverlayEntry[]
}

/** An overlay as it is written, after the check against the schema. */
export interface OverlayDocument {
  readonly title?: string
  readonly products: Readonly<Record<string, ProductOverlay>>
}
