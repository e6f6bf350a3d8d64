import type { JSONSchema } from 'json-schema-to-ts'

type Members = Readonly<Record<string, JSONSchema>>

/** An object that always has its first members, and may have the others. */
export const object = <const Required extends Members, const Optional extends Members = Record<never, never>>(
  title: string,
  required: Required,
  optional = {} as Optional
) => ({
  type: 'object' as const,
  title,
  additionalProperties: false as const,
  required: Object.keys(required) as (keyof Required & string)[],
  properties: { ...required, ...optional } as Required & Optional
})

export const list = <const Items extends JSONSchema>(items: Items, description?: string) => ({
  type: 'array' as const,
  items,
  ...(description !== undefined && { description })
})

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
export const count = { type: 'integer', minimum: 0 } as const
export const from1 = { type: 'integer', minimum: 1 } as const
/** In milliseconds, with fractions. */
export const span = { type: 'number', minimum: 0 } as const
/** Unix milliseconds, of a date that JavaScript can hold. */
export const time = { type: 'number', minimum: -8.64e15, maximum: 8.64e15 } as const
/** A time that is never reached may be written as one beyond all dates. */
export const end = { type: 'number' } as const
export const texts = { type: 'object', additionalProperties: text } as const
