import type { JSONSchema } from 'json-schema-to-ts'
import { keysOf } from '../base/own-keys.js'

type Members = Readonly<Record<string, JSONSchema>>

/** An object with required and optional members. */
export const object = <const Required extends Members, const Optional extends Members = Record<never, never>>(
  title: string,
  required: Required,
  optional = {} as Optional
) => ({
  type: 'object' as const,
  title,
  additionalProperties: false as const,
  required: keysOf(required),
  properties: { ...required, ...optional }
})

export const list = <const Items extends JSONSchema>(items: Items, description?: string) => ({
  type: 'array' as const,
  items,
  ...(description !== undefined && { description })
})

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
export const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
export const from1 = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const
/** A duration in milliseconds, with fractions. */
export const span = { type: 'number', minimum: 0 } as const
/** Unix milliseconds in the range of a JavaScript date. */
export const time = { type: 'number', minimum: -8.64e15, maximum: 8.64e15 } as const
/** A time in Unix milliseconds; later than all dates for a time that is never reached. */
export const end = { type: 'number' } as const
export const texts = { type: 'object', additionalProperties: text } as const
