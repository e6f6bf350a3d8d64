import type { FromSchema } from 'json-schema-to-ts'
import type { Headers } from '../../http/answer.js'
import { headersSchema } from './schema-parts.js'

/** The schema of a response in a rule. */
export const reply = {
  type: 'object',
  additionalProperties: false,
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 599, description: 'HTTP status; 200 by default.' },
    headers: { ...headersSchema, description: 'Headers by name.' },
    body: {
      type: ['string', 'object', 'array'],
      title: 'a text, or an object or list that is sent as JSON',
      description: 'A text is sent unchanged; a map or a list as JSON.'
    }
  }
} as const

export type Reply = FromSchema<typeof reply>

/** Headers in a rule. */
export type HeadersDraft = Readonly<Record<string, HeaderDraft | readonly HeaderDraft[]>>
type HeaderDraft = string | number

/** Headers with texts as values. */
export const headerTexts = (named: HeadersDraft): Headers =>
  Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)])
  )

/** `header Retry-After: 30`, `headers A: 1, B: 2`. */
export const describeHeaders = (named: HeadersDraft): string => {
  const lines = Object.entries(named).flatMap(([name, value]) => [value].flat().map(each => `${name}: ${each}`))
  return `${lines.length === 1 ? 'header' : 'headers'} ${lines.join(', ')}`
}

/** `reply 302 with header Location: / and body "Gone"`. */
export const describeReply = ({ status = 200, headers: named = {}, body }: Reply): string => {
  const parts = [
    ...(Object.keys(named).length === 0 ? [] : [describeHeaders(named)]),
    ...(body === undefined ? [] : [`${typeof body === 'string' ? 'body' : 'JSON body'} ${describeBody(body)}`])
  ]
  return `reply ${status}${parts.length === 0 ? '' : ` with ${parts.join(' and ')}`}`
}

/** In one line, with at most 200 characters. */
const describeBody = (body: unknown): string => {
  const text = JSON.stringify(body)
  return text.length > 200 ? `${text.slice(0, 200)}… (${text.length} characters)` : text
}
