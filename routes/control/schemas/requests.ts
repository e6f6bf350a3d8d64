import { outcomes } from '../../../src/journal/rendering.js'
import { filterKeys } from '../../../src/journal/search.js'
import { failureNames } from '../../../src/product/failure.js'
import { flag, instant, list, natural, object, positive, shortToken, text, texts } from '../schema-parts.js'

const message = {
  body: { ...text, description: 'As text; long bodies are truncated.' },
  bytes: { ...natural, description: 'Size of the body as it was sent.' }
}

const rows = {
  count: { ...natural, description: 'Number of matches.' },
  dropped: { ...natural, description: 'Number of requests dropped from the journal.' },
  requests: list({ $ref: '#/components/schemas/Row' })
}

/** Requests of the journal. */
export const requestSchemas = {
  Row: object(
    {
      number: { ...positive, description: 'Number of the request in its space.' },
      at: { ...instant, description: 'Arrival by the clock of the space.' },
      wall: { ...instant, description: 'Arrival in real time.' },
      space: text,
      method: text,
      path: text,
      outcome: {
        enum: [...outcomes, 'underway'],
        description:
          'broken: a rule broke the connection. left: the client closed it before the response. unmatched: no product has the path.'
      },
      status: { type: 'integer', description: 'HTTP status of the response.' },
      milliseconds: { type: 'number', minimum: 0, description: 'Time from arrival to response.' },
      rules: {
        type: 'array',
        description: 'Rules applied to the request, in order.',
        items: object({ number: natural, rule: text, sentence: text })
      },
      request: object({ line: text, headers: texts }, message),
      answer: object({ status: { type: 'integer' }, headers: texts }, message)
    },
    {
      product: text,
      operation: text,
      login: text,
      token: { ...shortToken, description: `Token of the request. ${shortToken.description}` },
      session: { ...shortToken, description: `Token of the session. ${shortToken.description}` },
      failure: { enum: failureNames, description: 'Product-neutral name of the failure.' },
      why: { $ref: '#/components/schemas/Why' },
      sessionData: {
        ...texts,
        description: 'Session data of the product after this request, such as a working domain.'
      },
      fault: { ...text, description: 'Connection fault of a rule.' },
      nearest: { ...text, description: 'Nearest route of an unmatched request, such as POST /session.' }
    }
  ),
  Why: {
    ...object(
      { reason: { ...text, description: 'Code for programs, such as expired.' }, words: text },
      {
        at: { ...instant, description: 'Time of the cause by the clock of the space.' },
        by: { ...text, description: 'Cause of the end, such as request 7.' },
        request: { ...positive, description: 'Number of the request that ended the session.' },
        login: text,
        idle: { type: 'number', description: 'Idle timeout in milliseconds.' },
        lifetime: { type: 'number', description: 'Maximum lifetime in milliseconds.' }
      }
    ),
    additionalProperties: { type: ['string', 'number'] },
    description: 'Reason of the refusal, as text and fields.'
  },
  Rows: object(rows),
  Waited: object({ enough: { ...flag, description: 'Whether the number was reached in time.' }, ...rows })
} as const

/** A search of the journal. */
export const searchSchema = {
  type: 'object',
  title: 'a search',
  additionalProperties: false,
  properties: filterKeys,
  description: 'All given keys must match. A text may be a /regular expression/.'
} as const
