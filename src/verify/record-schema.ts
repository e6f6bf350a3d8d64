const texts = { type: 'object', additionalProperties: { type: 'string' }, title: 'names and texts' } as const

/** The JSON Schema of the files of `verify-real --record`. */
export const recordSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a record of verify-real',
  type: 'object',
  required: ['format', 'product', 'server', 'startedAt', 'login', 'options', 'sessions', 'observations'],
  properties: {
    format: { enum: ['session-mock verify-real 1'] },
    product: { type: 'string' },
    server: { type: 'string' },
    startedAt: { type: 'string' },
    milliseconds: { type: 'number' },
    login: { type: 'string' },
    options: texts,
    stopped: { type: 'string' },
    sessions: {
      type: 'object',
      required: ['opened', 'left'],
      properties: { opened: { type: 'integer' }, left: { type: 'integer' } }
    },
    observations: {
      type: 'array',
      items: {
        type: 'object',
        required: ['case', 'values'],
        properties: {
          case: { type: 'string' },
          skipped: { type: 'string' },
          lost: { type: 'string' },
          values: texts,
          answer: {
            type: 'object',
            required: ['status', 'headers', 'body'],
            properties: { status: { type: 'integer' }, headers: texts, body: { type: 'string' } }
          }
        }
      }
    }
  }
}
