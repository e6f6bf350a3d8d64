import { type FailureName, failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'

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

const strict = { type: 'object', additionalProperties: false } as const
const text = { type: 'string', minLength: 1 } as const
const status = { type: 'integer', minimum: 200, maximum: 599 } as const
const pointer = '^(?:/[^/]+)+$'

const entry = {
  ...strict,
  title: 'an entry of an overlay',
  minProperties: 1,
  properties: {
    when: {
      ...strict,
      title: 'conditions',
      description: 'Responses of the entry; all keys must match. Default: all responses of the product.',
      properties: {
        operation: { ...text, description: 'Operation of the product.' },
        outcome: { enum: ['success', ...failureNames], description: 'success, or the name of the failure.' },
        reason: { ...text, description: 'Reason of the refusal, as in the journal.' },
        status: { ...status, description: 'HTTP status of the response of the mock.' },
        type: { ...text, description: 'Media type of the response of the mock.' },
        method: {
          type: 'string',
          pattern: '^[A-Z]+$',
          title: 'a method such as GET',
          description: 'Method of the request.'
        },
        path: { type: 'string', pattern: '^/', title: 'a path such as /session', description: 'Path of the request.' },
        accept: { type: 'string', description: 'Accept header of the request; empty for none.' },
        content_type: { type: 'string', description: 'Content-Type header of the request; empty for none.' }
      }
    },
    status: { ...status, description: 'HTTP status.' },
    headers: {
      type: 'object',
      title: 'headers and their values',
      additionalProperties: {
        type: ['string', 'null'],
        pattern: '^[\\t\\x20-\\x7e\\x80-\\xff]*$',
        title: 'a text in one line, or null'
      },
      propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$" },
      description: 'Headers to set; null removes one.'
    },
    set: {
      type: 'object',
      title: 'JSON pointers and values',
      propertyNames: { pattern: pointer },
      description:
        'Values in the body by JSON pointer, such as /error; in XML texts of elements, and of attributes as /root/@name.'
    },
    remove: {
      type: 'array',
      items: { type: 'string', pattern: pointer, title: 'a JSON pointer such as /error' },
      description: 'JSON pointers of keys or elements to remove.'
    },
    body: { type: 'string', description: 'Whole body; {token}, {login} and {uuid} are replaced.' }
  }
}

/** The JSON Schema of overlays for these products. */
export const overlaySchema = (products: readonly Product[]) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a session-mock overlay',
  ...strict,
  required: ['products'],
  properties: {
    title: { ...text, description: 'Its origin.' },
    products: {
      ...strict,
      title: 'products and their responses',
      properties: Object.fromEntries(
        products.map(({ name, title }) => [
          name,
          {
            ...strict,
            title: 'the overlay of a product',
            description: `Overlay of ${title}.`,
            properties: {
              token: { ...text, description: 'Format of tokens: classes and counts, such as [0-9a-f]{40}.' },
              answers: {
                type: 'array',
                items: entry,
                description: 'Changed responses, in order; all matching entries apply.'
              }
            }
          }
        ])
      )
    }
  }
})
