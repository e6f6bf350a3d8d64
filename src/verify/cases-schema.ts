import { fidelities } from '../product/product.js'
import { factSources, steps } from './case.js'

const text = { type: 'string', minLength: 1 } as const
const headers = { type: 'object', additionalProperties: { type: 'string' }, title: 'headers and their values' } as const
const strict = { type: 'object', additionalProperties: false } as const

const answer = {
  ...strict,
  title: 'a response with status, headers and body',
  required: ['status'],
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 599, description: 'HTTP status.' },
    headers: {
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description: 'Headers in addition to those of every response; null for an absent one of these.'
    },
    body: { type: 'string', description: 'Body, with placeholders such as {number} for volatile parts.' }
  }
} as const

const answerOrName = { title: 'a response, or the name of one', anyOf: [text, answer] }

const byFidelity = {
  ...strict,
  title: 'a response for each fidelity',
  required: [...fidelities],
  properties: Object.fromEntries(fidelities.map(name => [name, answerOrName]))
}

const oneCase = {
  ...strict,
  title: 'a case',
  required: ['name', 'step', 'request', 'expect', 'source', 'place'],
  properties: {
    name: { ...text, description: 'Name, unique in the file.' },
    step: { enum: steps, description: 'Phase of the session.' },
    request: { type: 'string', pattern: '^[A-Z]+ /', title: 'a method and a path, such as GET /session' },
    headers: { ...headers, description: 'Headers of the request.' },
    body: { type: 'string', description: 'Body of the request.' },
    opens: { enum: [true], description: 'The response has a new token.' },
    ends: { enum: [true], description: 'The token is invalid afterwards.' },
    drops: { enum: [true], description: 'The token is not used afterwards.' },
    keeps: { type: 'object', additionalProperties: text, description: 'Placeholders for values of the response.' },
    wait: { enum: ['before expiry', 'after expiry'], description: 'Time of the request in the idle time.' },
    unsafe: { ...text, description: 'Reason not to send it to a real server.' },
    source: { enum: factSources, description: 'Source of the fact.' },
    place: { ...text, description: 'Heading of the page of the product.' },
    expect: { title: 'a response, its name, or one for each fidelity', anyOf: [text, answer, byFidelity] }
  }
}

/** The JSON Schema of the cases of a product. */
export const casesSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'the cases of a product',
  ...strict,
  required: ['product', 'tokens', 'login', 'logout', 'wrong_login', 'cases'],
  properties: {
    product: text,
    tokens: {
      ...strict,
      required: ['unknown'],
      description: 'The tokens of the product.',
      properties: {
        unknown: { ...text, description: 'A well-formed token that was never issued.' },
        field: { ...text, description: 'Key or element of a body with the token, at any depth.' },
        header: { ...text, description: 'Response header with the token.' }
      }
    },
    options: { ...headers, title: 'options and their values', description: 'Options of the account, with defaults.' },
    patterns: {
      ...headers,
      title: 'names and regular expressions',
      description: 'Regular expressions of placeholders.'
    },
    headers: { ...headers, description: 'Headers of every response.' },
    shared: { type: 'object', description: 'A place for anchors.' },
    answers: { type: 'object', additionalProperties: answer, description: 'Responses by name.' },
    login: { ...text, description: 'Name of the case that opens a session.' },
    logout: { ...text, description: 'Name of the case that ends a session.' },
    wrong_login: { ...text, description: 'Name of the case of a login with a wrong password.' },
    cases: { type: 'array', minItems: 1, items: oneCase }
  }
}
