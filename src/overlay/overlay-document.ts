import type { FailureName } from '../product/failure.js'

/** The conditions of an entry; all keys must match. */
export interface OverlayCondition {
  readonly operation?: string
  readonly outcome?: 'success' | FailureName
  /** Reason of the refusal, as in the journal. */
  readonly reason?: string
  /** Status of the response of the mock. */
  readonly status?: number
  /** Media type of the response of the mock, without parameters. */
  readonly type?: string
  readonly method?: string
  readonly path?: string
  /** Request headers; empty for none. */
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
  /** Headers to set; null removes one. */
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

/** An overlay as written, validated by the schema. */
export interface OverlayDocument {
  readonly title?: string
  readonly products: Readonly<Record<string, ProductOverlay>>
}
