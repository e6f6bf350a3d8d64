import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { durationPattern, formatDuration, parseDuration } from '../../base/duration.js'
import { keysOf } from '../../base/own-keys.js'
import { type Fault, faultNames, faults } from '../../http/fault-names.js'
import { type Headers, withHeaders } from '../../http/response.js'
import { Failure, type FailureName, failureNames } from '../../product/failure.js'
import type { Random } from '../../session/random.js'
import type { EndCause } from '../../session/session-store.js'
import { durationSchema, headersSchema } from './call-selector.js'
import type { PlayedRule, RandomKey, RuleContext } from './rule-context.js'

/** The schema of a response in a rule. */
const reply = {
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

type Reply = FromSchema<typeof reply>

/** Headers in a rule. */
type HeadersDraft = Readonly<Record<string, HeaderDraft | readonly HeaderDraft[]>>
type HeaderDraft = string | number

/** Headers with texts as values. */
const headerTexts = (named: HeadersDraft): Headers =>
  Object.fromEntries(
    Object.entries(named).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)])
  )

/** `header Retry-After: 30`, `headers A: 1, B: 2`. */
const describeHeaders = (named: HeadersDraft): string => {
  const lines = Object.entries(named).flatMap(([name, value]) => [value].flat().map(each => `${name}: ${each}`))
  return `${lines.length === 1 ? 'header' : 'headers'} ${lines.join(', ')}`
}

/** `reply 302 with header Location: / and body "Gone"`. */
const describeReply = ({ status = 200, headers: named = {}, body }: Reply): string => {
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

const delaySchema = {
  title:
    'a duration such as 2s, or one of { uniform: [100ms, 2s] }, { lognormal: { median: 90ms, sigma: 0.1, max: 5s } }',
  anyOf: [
    durationSchema,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 1,
      properties: {
        uniform: {
          type: 'array',
          items: durationSchema,
          minItems: 2,
          maxItems: 2,
          description: 'Uniform distribution between the two.'
        },
        lognormal: {
          type: 'object',
          additionalProperties: false,
          required: ['median', 'sigma'],
          description: 'Log-normal distribution, as of real servers: mostly near the median, with a long tail.',
          properties: {
            median: { ...durationSchema, description: 'Median of the delays.' },
            sigma: { type: 'number', minimum: 0, maximum: 10, description: 'Spread; 0.1 is narrow, 1 is wide.' },
            max: { ...durationSchema, description: 'Maximum delay.' }
          }
        }
      }
    }
  ]
} as const

export type Delay = FromSchema<typeof delaySchema>

/** The delay in milliseconds, by the random values of the key. */
export const drawDelay = (delay: Delay, random: Random, { purpose, count }: RandomKey): number => {
  if (typeof delay === 'string') return ms(delay)
  if (delay.uniform) {
    const [least = 0, most = 0] = delay.uniform.map(ms)
    return least + (most - least) * random.fraction(`${purpose} delay`, count)
  }
  const { median = '0ms', sigma = 0, max } = delay.lognormal ?? {}
  const wait = ms(median) * Math.exp(sigma * normal(random, purpose, count))
  return Math.min(wait, max === undefined ? Number.POSITIVE_INFINITY : ms(max))
}

export const describeDelay = (delay: Delay): string => {
  if (typeof delay === 'string') return `wait ${formatDuration(ms(delay))}`
  if (delay.uniform) return `wait between ${delay.uniform.map(each => formatDuration(ms(each))).join(' and ')}`
  const { median = '', sigma = 0, max } = delay.lognormal ?? {}
  const most = max === undefined ? '' : `, at most ${formatDuration(ms(max))}`
  return `wait about ${formatDuration(ms(median))} (lognormal, sigma ${sigma}${most})`
}

const ms = (text: string): number => parseDuration(text) ?? 0

/** A standard normal draw, by the Box-Muller transform. */
const normal = (random: Random, purpose: string, count: number): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - random.fraction(`${purpose} radius`, count)))
  return radius * Math.cos(2 * Math.PI * random.fraction(`${purpose} angle`, count))
}

/** The schema of a state change: the new state, or the new state with a duration, after which the previous one returns. */
const stateMove = {
  title: 'the word for a state, or { to: Locked, for: 10m }',
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      additionalProperties: false,
      required: ['to'],
      properties: {
        to: { type: 'string', minLength: 1, title: 'the word for a state', description: 'The new state.' },
        for: {
          ...durationSchema,
          description: 'Duration by the clock of the space; afterwards the previous state is restored.'
        }
      }
    }
  ]
} as const

export type StateMove = FromSchema<typeof stateMove>

/** The new state, and its duration in milliseconds if it has one. */
export const readMove = (move: StateMove): { readonly to: string; readonly for: number | undefined } =>
  typeof move === 'string'
    ? { to: move, for: undefined }
    : { to: move.to, for: move.for === undefined ? undefined : parseDuration(move.for) }

/** An effect of rules: its schema, its description, and its change to a call. */
export interface Effect<Value> {
  readonly schema: JSONSchema
  /** Has no value: written as its name, or as `name: true`. */
  readonly bare?: true
  /** Decides the response: no rule after it is applied. */
  readonly decides?: true
  /** Breaks the connection: the client receives no other byte than those of the effect. */
  readonly breaks?: true
  describe(value: Value): string
  apply(
    value: Value,
    context: RuleContext,
    by: { readonly rule: PlayedRule; readonly draw: RandomKey }
  ): void | Promise<void>
}

const effect = <Value>(row: Effect<Value>): Effect<Value> => row

const yes = { const: true, title: 'true' } as const

/** Names of WireMock for the same faults. */
export const wiremockFaults: Readonly<Record<string, Fault>> = {
  CONNECTION_RESET_BY_PEER: 'reset',
  EMPTY_RESPONSE: 'empty',
  MALFORMED_RESPONSE_CHUNK: 'malformed',
  RANDOM_DATA_THEN_CLOSE: 'garbage'
}

export const faultOf = (name: string): Fault | undefined =>
  Object.hasOwn(wiremockFaults, name) ? wiremockFaults[name] : faultNames.find(fault => fault === name)

const dribble = {
  type: 'object',
  additionalProperties: false,
  required: ['chunks', 'over'],
  properties: {
    chunks: { type: 'integer', minimum: 2, maximum: 10_000, description: 'Number of pieces.' },
    over: { ...durationSchema, description: 'Time from the first piece to the last.' }
  }
} as const

const endSchema = {
  title: 'true, account, a duration such as 5m, or { of: account, after: 5m }',
  anyOf: [
    { type: 'boolean', ...yes },
    { type: 'string', pattern: `${durationPattern}|^account$`, title: 'account, or a duration such as 5m' },
    {
      type: 'object',
      title: 'an end at a later time',
      additionalProperties: false,
      required: ['of', 'after'],
      properties: {
        of: { const: 'account', title: 'account', description: 'All sessions that the account has now.' },
        after: { ...durationSchema, description: 'Time until the end, by the clock of the space.' }
      }
    }
  ]
} as const

/** Which sessions end, and when. */
export type EndDraft = FromSchema<typeof endSchema>

/** The sessions that end, and the milliseconds until then; undefined for at once. */
export const readEnd = (draft: EndDraft): { readonly ofAccount: boolean; readonly after: number | undefined } => {
  if (typeof draft === 'object') return { ofAccount: true, after: parseDuration(draft.after) }
  if (draft === true || draft === 'account') return { ofAccount: draft === 'account', after: undefined }
  return { ofAccount: false, after: parseDuration(draft) }
}

const describeEnd = (verb: string, draft: EndDraft): string => {
  const { ofAccount, after } = readEnd(draft)
  const sessions = ofAccount ? 'all sessions of the account' : 'the session'
  return `${verb} ${sessions}${after === undefined ? '' : ` after ${formatDuration(after)}`}`
}

const endSessions = (
  { call, tokenStatus }: RuleContext,
  cause: EndCause,
  draft: EndDraft,
  { title }: PlayedRule
): void => {
  const { ofAccount, after } = readEnd(draft)
  const ending = { cause, by: title, after }
  const login = tokenStatus.is === 'unknown' ? call.login : tokenStatus.session.login
  if (!ofAccount) call.endBy(ending)
  else if (login !== undefined) call.endAllBy(ending, login)
}

/** All effects, in the order of their application within one `then`. */
export const effects = {
  state: effect<StateMove>({
    schema: { ...stateMove, description: 'Changes the state of the space to this word; the initial state is Started.' },
    describe: move => {
      const { to, for: time } = readMove(move)
      return `move to state ${to}${time === undefined ? '' : ` for ${formatDuration(time)}`}`
    },
    apply: (move, { call }) => {
      const { to, for: time } = readMove(move)
      call.space.enter(to, time)
    }
  }),
  expire: effect<EndDraft>({
    schema: {
      ...endSchema,
      description:
        "Expires the caller's session, or after a duration by the clock of the space; account: all sessions of the account."
    },
    bare: true,
    describe: value => describeEnd('expire', value),
    apply: (value, context, { rule }) => endSessions(context, 'expired', value, rule)
  }),
  revoke: effect<EndDraft>({
    schema: {
      ...endSchema,
      description:
        "Revokes the caller's session, as by a logout elsewhere, or after a duration by the clock of the space; account: all sessions of the account."
    },
    bare: true,
    describe: value => describeEnd('revoke', value),
    apply: (value, context, { rule }) => endSessions(context, 'revoked', value, rule)
  }),
  evict: effect<true>({
    schema: { ...yes, description: 'The login ends all other sessions of the account.' },
    bare: true,
    describe: () => "end the account's other sessions",
    apply: (_value, { call }, { rule }) => {
      call.evicts = rule.title
    }
  }),
  hold: effect<string>({
    schema: {
      type: 'string',
      minLength: 1,
      description: 'Holds the request until a test releases this name.'
    },
    describe: name => `hold until ${name} is released`,
    apply: (name, context) => {
      const { call, gone } = context
      if (call.space.isStopping) return undefined
      context.beginWaiting()
      return call.space.holds.wait(name, gone)
    }
  }),
  delay: effect<Delay>({
    schema: { ...delaySchema, description: 'Delays the request.' },
    describe: describeDelay,
    apply: (delay, context, { draw }) => {
      const { call, gone } = context
      context.beginWaiting()
      return call.space.wait(drawDelay(delay, call.space.random, draw), gone)
    }
  }),
  fail: effect<FailureName>({
    schema: { enum: failureNames, description: 'Refuses the request in the wire format of the product.' },
    decides: true,
    describe: name => `fail with ${name}`,
    apply: (name, context, { rule }) => context.refuse(new Failure(name, { why: { reason: 'rule', by: rule.title } }))
  }),
  reply: effect<Reply>({
    schema: { ...reply, description: 'Sends this response.' },
    decides: true,
    describe: describeReply,
    apply: ({ status = 200, headers: named = {}, body }, context) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body)
      const headers: Record<string, string> = typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}
      const answer = { status, headers, ...(text === undefined ? {} : { body: text }) }
      context.answer(withHeaders(answer, headerTexts(named)))
    }
  }),
  pretend: effect<true>({
    schema: { ...yes, description: 'Sends a success without doing the work.' },
    bare: true,
    decides: true,
    describe: () => 'respond with success and do nothing',
    apply: (_value, { call, tokenStatus }) => {
      call.pretending = true
      call.login ??= tokenStatus.is === 'unknown' ? undefined : tokenStatus.session.login
    }
  }),
  headers: effect<HeadersDraft>({
    schema: { ...headersSchema, minProperties: 1, description: 'Sets headers of the response.' },
    describe: named => `set ${describeHeaders(named)}`,
    apply: (named, context) => context.setHeaders(headerTexts(named))
  }),
  dribble: effect<FromSchema<typeof dribble>>({
    schema: { ...dribble, description: 'Sends the body in pieces.' },
    describe: ({ chunks, over }) =>
      `send the body in ${chunks} pieces over ${formatDuration(parseDuration(over) ?? 0)}`,
    apply: ({ chunks, over }, context) => {
      context.dribble = { chunks, over: parseDuration(over) ?? 0 }
    }
  }),
  connection: effect<string>({
    schema: {
      enum: [...faultNames, ...Object.keys(wiremockFaults)],
      description: 'Breaks the connection during the response, after the work of the request.'
    },
    decides: true,
    breaks: true,
    describe: name => `break the connection: ${faults[faultOf(name) ?? 'reset']}`,
    apply: (name, context) => {
      context.fault = faultOf(name)
    }
  })
}

export type EffectName = keyof typeof effects
export const effectNames = keysOf(effects)
export const bareEffects = effectNames.filter(name => effects[name].bare)

/** One effect of a rule, with its value. */
export interface Step {
  readonly effect: Effect<unknown>
  readonly value: unknown
}

export const step = (name: EffectName, value: unknown): Step => ({ effect: effects[name], value })
