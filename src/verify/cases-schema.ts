import { fidelities } from '../product/product.js'
import { factSources, steps } from './case.js'

const text = { type: 'string', minLength: 1 } as const
const headers = { type: 'object', additionalProperties: { type: 'string' }, title: 'headers and their values' } as const
const strict = { type: 'object', additionalProperties: false } as const

const answer = {
  ...strict,
  title: 'an answer with status, headers and body',
  required: ['status'],
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 599, description: 'HTTP status.' },
    headers: {
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description: 'Headers beside those of every answer; null for one of these that is absent.'
    },
    body: { type: 'string', description: 'Body, with marks such as {number} for volatile parts.' }
  }
} as const

const answerOrName = { title: 'an answer, or the name of one', anyOf: [text, answer] }

const byFidelity = {
  ...strict,
  title: 'an answer for each fidelity',
  required: [...fidelities],
  properties: Object.fromEntries(fidelities.map(name => [name, answerOrName]))
}

const oneCase = {
  ...strict,
  title: 'a case',
  required: ['name', 'step', 'request', 'expect', 'source', 'place'],
  properties: {
    name: { ...text, description: 'Name, unique in the file.' },
    step: { enum: steps, description: 'Part of the life of a session.' },
    request: { type: 'string', pattern: '^[A-Z]+ /', title: 'a method and a path, such as GET /session' },
    headers: { ...headers, description: 'Headers of the request.' },
    body: { type: 'string', description: 'Body of the request.' },
    opens: { enum: [true], description: 'The answer has a new token.' },
    ends: { enum: [true], description: 'The token is dead afterwards.' },
    drops: { enum: [true], description: 'The token is not used afterwards.' },
    keeps: { type: 'object', additionalProperties: text, description: 'Placeholders for values of the answer.' },
    wait: { enum: ['before expiry', 'after expiry'], description: 'Time of the request in the idle time.' },
    unsafe: { ...text, description: 'Why it is not sent to a real server.' },
    source: { enum: factSources, description: 'Where the fact comes from.' },
    place: { ...text, description: 'Heading of the page of the product.' },
    expect: { title: 'an answer, its name, or one for each fidelity', anyOf: [text, answer, byFidelity] }
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
        body: { ...text, description: 'Regular expression whose first group is the token in a body.' },
        header: { ...text, description: 'Header of an answer that has the token.' }
      }
    },
    options: { ...headers, title: 'options and their values', description: 'Options of the account, with defaults.' },
    patterns: { ...headers, title: 'names and regular expressions', description: 'Regular expressions of marks.' },
    headers: { ...headers, description: 'Headers of every answer.' },
    shared: { type: 'object', description: 'A place for anchors.' },
    answers: { type: 'object', additionalProperties: answer, description: 'Answers by name.' },
    login: { ...text, description: 'Name of the case that opens a session.' },
    logout: { ...text, description: 'Name of the case that ends a session.' },
    wrong_login: { ...text, description: 'Name of the case of a login with a wrong password.' },
    cases: { type: 'array', minItems: 1, items: oneCase }
  }
}
