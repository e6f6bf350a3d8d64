import { durationPattern } from '../../base/duration.js'
import { fidelities, type Product } from '../../product/product.js'
import { ruleKeys, targetWords, thenSchema } from '../engine/rule.js'
import { durationSchema } from '../engine/schema-parts.js'

const span = { type: 'string', pattern: `${durationPattern}|^never$`, title: 'a duration such as 30m, or never' }

/** The JSON Schema of a scenario that plays with these products: the one source of its check and of what editors offer. */
export const scenarioSchema = (products: readonly Product[]) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'a session-mock scenario',
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    $schema: { type: 'string', description: 'Where this schema is, for editors of JSON.' },
    title: { type: 'string', minLength: 1, description: 'What the client lives through, in a sentence.' },
    seed: {
      type: ['integer', 'string'],
      title: 'a whole number or a text',
      description: 'Same seed, same tokens, numbers and chances.'
    },
    clock: {
      type: 'string',
      pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})$',
      title: 'a time such as 2026-01-01T00:00:00Z',
      description: "Where the space's clock starts; left out, it is the real time."
    },
    frozen: { type: 'boolean', description: 'The clock stands still until a test moves it.' },
    accounts: accounts(products),
    sessions: {
      type: 'array',
      items: session(products),
      description: 'Sessions that are there when the scenario starts.'
    },
    products: {
      type: 'object',
      additionalProperties: false,
      description: 'How single products behave.',
      properties: Object.fromEntries(products.map(product => [product.name, settings(product)]))
    },
    rules: {
      type: 'array',
      items: rule(products),
      description: 'What goes wrong, and when. All that match play, in this order.'
    }
  }
})

const accounts = (products: readonly Product[]) => ({
  title: 'any, or a list of accounts',
  description: 'Who may log in: any is everyone. Left out, demo with the password demo.',
  anyOf: [
    { type: 'string', enum: ['any'] },
    {
      type: 'array',
      items: {
        type: 'object',
        title: 'an account',
        additionalProperties: false,
        required: ['login', 'password'],
        properties: {
          login: { type: 'string', minLength: 1, description: 'The name on the login form.' },
          password: { type: 'string', minLength: 1, description: 'The password; digits alone must stand in quotes.' },
          ...Object.fromEntries(products.map(product => [product.name, part(product)]))
        }
      }
    }
  ]
})

const part = ({ title, accounts: { schema } }: Product) =>
  typeof schema === 'object' ? { description: `What the account is to ${title}.`, ...schema } : schema

const session = (products: readonly Product[]) => ({
  type: 'object',
  title: 'a session',
  additionalProperties: false,
  required: ['product', 'login'],
  properties: {
    product: { enum: products.map(({ name }) => name), description: 'Which product it is a session of.' },
    login: { type: 'string', minLength: 1, description: 'Whose session it is; one of the accounts.' },
    token: { type: 'string', minLength: 1, description: "Its token, in the product's form; left out, one is drawn." },
    age: { ...durationSchema, description: 'The time since its login, which was also its last use.' },
    status: { enum: ['open', 'expired', 'ended'], description: 'open (the default), expired, or ended by a logout.' }
  }
})

const settings = (product: Product) => {
  const own = typeof product.settings === 'object' ? product.settings.properties : {}
  return {
    type: 'object',
    description: `How ${product.title} behaves.`,
    additionalProperties: false,
    properties: {
      fidelity: {
        enum: fidelities,
        description: 'What its document promises, or what its real server was seen to do.'
      },
      idle: { ...span, description: 'How long a session lives after its last use.' },
      lifetime: { ...span, description: 'How long a session lives after its login.' },
      limit: { type: 'integer', minimum: 1, description: 'Sessions per account; one more login ends the oldest.' },
      ...own
    }
  }
}

const rule = (products: readonly Product[]) => {
  const target = {
    type: 'string',
    enum: targetWords(products),
    title: 'a product, an operation, product.operation or "*"'
  }
  return {
    type: 'object',
    title: 'a rule',
    additionalProperties: false,
    required: ['on', 'then'],
    properties: {
      on: {
        title: 'a product, an operation, product.operation or "*", or a list of these',
        description: 'The calls that the rule is about.',
        anyOf: [target, { type: 'array', minItems: 1, items: target }]
      },
      ...ruleKeys,
      then: thenSchema
    }
  }
}
