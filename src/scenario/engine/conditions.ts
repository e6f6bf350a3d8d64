import type { JSONSchema } from 'json-schema-to-ts'
import { isExpression } from '../../base/expression.js'
import { lastText } from '../../product/fields.js'
import { describePlaces, rangeSchema, textMatchSchema } from './call-selector.js'
import * as matchers from './matchers.js'

const named = (title: string) =>
  ({
    type: 'object',
    minProperties: 1,
    title,
    additionalProperties: {
      title: 'a text, a /regular expression/, true or false',
      anyOf: [
        { ...textMatchSchema, minLength: 0 },
        { type: 'boolean', title: 'true if present, false if absent' }
      ]
    }
  }) as const

/** A condition of rules: its schema, its test of a call, and its description. */
interface ConditionKind<Value> {
  readonly schema: JSONSchema
  compile(value: Value): matchers.Condition
  describe(value: Value): string
}

const condition = <Value>(row: ConditionKind<Value>): ConditionKind<Value> => row

/** Every condition that a rule may have, in the order of their tests. */
const conditions = {
  login: condition<string>({
    schema: { ...textMatchSchema, description: 'Name on the login form, or owner of the session.' },
    compile: matchers.login,
    describe: wanted => `login ${matchers.describeMatch(wanted)}`
  }),
  token: condition<string>({
    schema: { ...textMatchSchema, description: 'Token of the request.' },
    compile: matchers.token,
    describe: wanted => `token ${matchers.describeMatch(wanted)}`
  }),
  session: condition<matchers.TokenStatusName>({
    schema: {
      enum: matchers.tokenStatuses,
      description: 'Status of the token: ended is logged out, revoked or evicted; none is missing or never issued.'
    },
    compile: matchers.tokenStatus,
    describe: wanted => `session is ${wanted}`
  }),
  age: condition<string>({
    schema: {
      type: 'string',
      pattern: '^[<>]=?\\s*(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$',
      title: 'a comparison with a duration, such as ">10m"',
      description: 'Time since the session was opened.'
    },
    compile: matchers.age,
    describe: wanted => `the session's age is ${matchers.describeAge(wanted)}`
  }),
  opened: condition<number | string>({
    schema: {
      ...rangeSchema,
      description: 'Number of the session among those of its account, in the order of opening: 1, "2-4" or "2-".'
    },
    compile: matchers.opened,
    describe: range => `the session is ${describePlaces(range)} of its account`
  }),
  state: condition<string>({
    schema: { type: 'string', minLength: 1, description: 'State of the space.' },
    compile: matchers.state,
    describe: wanted => `state is ${wanted}`
  }),
  header: condition<matchers.Fields>({
    schema: {
      ...named('names of headers, each with a text, a /regular expression/, true or false'),
      description: 'Headers of the request: true if present, false if absent.'
    },
    compile: wanted => matchers.fields(wanted, ({ headers }, name) => matchers.header(headers, name.toLowerCase())),
    describe: wanted => matchers.describeFields('header', wanted)
  }),
  query: condition<matchers.Fields>({
    schema: {
      ...named('names of query parameters, each with a text, a /regular expression/, true or false'),
      description: 'Query parameters: true if present, false if absent.'
    },
    compile: wanted => matchers.fields(wanted, ({ query }, name) => lastText(query, name)),
    describe: wanted => matchers.describeFields('query', wanted)
  }),
  body: condition<string>({
    schema: { ...textMatchSchema, description: 'Text or /regular expression/ in the body.' },
    compile: matchers.body,
    describe: wanted => `body ${isExpression(wanted) ? 'matches' : 'contains'} ${wanted}`
  })
}

type Values = {
  readonly [Name in keyof typeof conditions]: (typeof conditions)[Name] extends ConditionKind<infer Value>
    ? Value
    : never
}
type ConditionName = keyof Values
type Kinds = { readonly [Name in ConditionName]: ConditionKind<Values[Name]> }

/** The conditions of a rule; all must hold. */
export type When = Partial<Values>

const kinds: Kinds = conditions
const names = Object.keys(conditions) as ConditionName[]

export const whenSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(names.map(name => [name, kinds[name].schema]))
} as const

/** One condition per key; all must hold. */
export const compileConditions = (when: When): matchers.Condition[] =>
  names.flatMap(name => compileOne(name, when[name]))

const compileOne = <Name extends ConditionName>(name: Name, value: Values[Name] | undefined): matchers.Condition[] =>
  value === undefined ? [] : [kinds[name].compile(value)]

export const describeConditions = (when: When): string[] => names.flatMap(name => describeOne(name, when[name]))

const describeOne = <Name extends ConditionName>(name: Name, value: Values[Name] | undefined): string[] =>
  value === undefined ? [] : [kinds[name].describe(value)]
