import type { FailureName } from './failure.js'

/** A JSON Schema of OpenAPI 3.1, or a reference to one of the description's own. */
export type ApiSchema = Readonly<Record<string, unknown>>

/** Schemas by media type, without parameters such as `charset`. */
export type ApiContent = Readonly<Record<string, ApiSchema>>

export interface ApiResponse {
  readonly description: string
  /** Left out where the body is empty. */
  readonly content?: ApiContent
  /** Headers beside those that the product puts on every answer, each with its description. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ApiOperation {
  /** The published operationId. */
  readonly id: string
  readonly tag: string
  /** The published words; left out, the summary is the operation's own. */
  readonly summary?: string
  readonly description?: string
  readonly query?: Readonly<Record<string, ApiSchema>>
  readonly body?: { readonly required: boolean; readonly content: ApiContent }
  /** The security schemes, any one of which is enough; an empty name means that it works without. */
  readonly security: readonly string[]
  /** What it answers when it succeeds, by status; refusals are asked of the product itself. */
  readonly responses: Readonly<Record<number, ApiResponse>>
  /** The schemas of the refusals whose bodies are other than the product's others. */
  readonly refusals?: Readonly<Partial<Record<FailureName, ApiContent>>>
  /** The media types of its answers, where only some of the product's are possible. */
  readonly types?: readonly string[]
}

/** What a description of a product in OpenAPI says beyond the product's own table. */
export interface ApiDescription {
  readonly schemas: Readonly<Record<string, ApiSchema>>
  readonly securitySchemes: Readonly<Record<string, ApiSchema>>
  /** The schema of a refusal's body. */
  readonly refusal: ApiContent
  /** Values of `Accept` that bring its media types, where the client's choice matters. */
  readonly accept?: readonly string[]
  /** Headers that only some connections get on every answer, each with its description. */
  readonly headers?: Readonly<Record<string, string>>
  /** By the names of the product's operations. */
  readonly operations: Readonly<Record<string, ApiOperation>>
  /** The operation as this route of it is served, with what the published documents do not name. */
  asServed?(operation: ApiOperation, method: string, path: string): ApiOperation
}

/** A reference to one of the description's own schemas. */
export const schemaRef = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` })
