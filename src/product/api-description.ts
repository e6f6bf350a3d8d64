import type { FailureName } from './failure.js'

/** A JSON Schema of OpenAPI 3.1, or a reference to a schema of the description. */
export type ApiSchema = Readonly<Record<string, unknown>>

/** Schemas by media type, without parameters such as `charset`. */
export type ApiContent = Readonly<Record<string, ApiSchema>>

export interface ApiResponse {
  readonly description: string
  /** Undefined for an empty body. */
  readonly content?: ApiContent
  /** Descriptions by header name, without the common headers of the product. */
  readonly headers?: Readonly<Record<string, string>>
  /** Every such response has these headers. */
  readonly hasHeaders?: true
}

export interface ApiOperation {
  /** The published operationId. */
  readonly id: string
  readonly tag: string
  /** The published summary; by default that of the operation. */
  readonly summary?: string
  readonly description?: string
  readonly query?: Readonly<Record<string, ApiSchema>>
  /** Headers of the request, without those of its authentication. */
  readonly headers?: Readonly<Record<string, ApiSchema>>
  readonly body?: { readonly required: boolean; readonly content: ApiContent }
  /** Alternative security schemes; an empty name means no authentication. */
  readonly security: readonly string[]
  /** Successful responses by status. Refusals are taken from the failure responses of the product. */
  readonly responses: Readonly<Record<number, ApiResponse>>
  /** Bodies of refusals that differ from `refusal` of the description. */
  readonly refusals?: Readonly<Partial<Record<FailureName, ApiContent>>>
  /** Further examples of JSON refusals, by status and name: those that no rule can select. */
  readonly examples?: Readonly<Record<number, Readonly<Record<string, unknown>>>>
  /** Media types of the responses; by default all of the product. */
  readonly types?: readonly string[]
}

/** The part of the OpenAPI description of a product that its table does not contain. */
export interface ApiDescription {
  readonly schemas: Readonly<Record<string, ApiSchema>>
  readonly securitySchemes: Readonly<Record<string, ApiSchema>>
  /** The body of a refusal. */
  readonly refusal: ApiContent
  /** Values of `Accept` for the media types of the product, if it negotiates them. */
  readonly accept?: readonly string[]
  /** Descriptions by header name, of common headers that depend on the connection. */
  readonly headers?: Readonly<Record<string, string>>
  /** By the name of the operation. */
  readonly operations: Readonly<Record<string, ApiOperation>>
  /** The operation as served at one of its routes, including undocumented behaviour. */
  asServed?(operation: ApiOperation, method: string, path: string): ApiOperation
}

/** A reference to a schema of the description. */
export const schemaRef = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` })
