import type { Rule, RuleDocument } from '../scenario/engine/rule.js'
import type { ScenarioDocument } from '../scenario/format/compile.js'
import type { Place, PlaceKind } from './place.js'

/** The context of a fault. */
export interface FaultContext {
  /** Milliseconds of the timeout of the command. */
  readonly timeout: number
}

/** A fault at one call. */
interface PlaceFault {
  readonly name: string
  readonly kinds: readonly PlaceKind[]
  /** The description after the place: "cbrain.session, call 2: its token has expired". */
  readonly words: string
  /** All later calls of the operation have the fault too. */
  readonly forGood?: true
  /** Needs a call with a token. */
  readonly needsToken?: true
  effect(place: Place, context: FaultContext): RuleDocument['then']
}

/** Value of Retry-After, in seconds. */
export const retryAfter = 1

const always =
  (then: RuleDocument['then']): PlaceFault['effect'] =>
  () =>
    then

export const placeFaults: readonly PlaceFault[] = [
  {
    name: 'bad-credentials',
    kinds: ['login'],
    words: 'the credentials are refused',
    forGood: true,
    effect: always({ fail: 'bad-credentials' })
  },
  { name: 'expired', kinds: ['use'], words: 'its token has expired', needsToken: true, effect: always('expire') },
  { name: 'revoked', kinds: ['use'], words: 'its token was revoked', needsToken: true, effect: always('revoke') },
  {
    name: 'never-issued',
    kinds: ['use'],
    words: 'no token is valid any more, as if none had been issued',
    forGood: true,
    needsToken: true,
    effect: always({ fail: 'no-session' })
  },
  {
    name: 'already-ended',
    kinds: ['logout'],
    words: 'its session has already ended',
    needsToken: true,
    effect: always('revoke')
  },
  {
    name: 'server-error-once',
    kinds: ['login', 'use', 'logout'],
    words: 'a server error, once',
    effect: always({ fail: 'server-error' })
  },
  {
    name: 'server-error',
    kinds: ['login', 'use'],
    words: 'a server error, permanently',
    forGood: true,
    effect: always({ fail: 'server-error' })
  },
  {
    name: 'unavailable',
    kinds: ['use'],
    words: 'the service is unavailable, once',
    effect: always({ fail: 'unavailable' })
  },
  {
    name: 'rate-limited',
    kinds: ['login', 'use'],
    words: `too many requests, with Retry-After: ${retryAfter}`,
    effect: always({ fail: 'rate-limited', headers: { 'Retry-After': retryAfter } })
  },
  {
    name: 'reset-before-work',
    kinds: ['login', 'use'],
    words: 'the connection is reset before the work is done',
    effect: always({ pretend: true, connection: 'reset' })
  },
  {
    name: 'reset-after-work',
    kinds: ['login', 'use', 'logout'],
    words: 'the connection is reset after the work is done',
    effect: always({ connection: 'reset' })
  },
  {
    name: 'truncated',
    kinds: ['login', 'use'],
    words: 'the response is truncated',
    effect: always({ connection: 'truncate' })
  },
  {
    name: 'empty',
    kinds: ['login'],
    words: 'the connection closes without a response',
    effect: always({ connection: 'empty' })
  },
  { name: 'garbage', kinds: ['login'], words: 'the response is not HTTP', effect: always({ connection: 'garbage' }) },
  { name: 'slow', kinds: ['login'], words: 'the response takes 2 seconds', effect: always({ delay: '2s' }) },
  { name: 'hang', kinds: ['login'], words: 'there is no response', effect: always({ connection: 'hang' }) },
  {
    name: 'late',
    kinds: ['use'],
    words: 'the response comes after the timeout of the client',
    effect: (_place, { timeout }) => ({ delay: `${timeout * 2}ms` })
  },
  {
    name: 'no-token',
    kinds: ['login'],
    words: 'the response is a success without a token',
    effect: ({ contentType }) => ({ reply: tokenless(contentType) })
  },
  { name: 'pretended', kinds: ['logout'], words: 'a success, and the session stays open', effect: always('pretend') }
]

const tokenless = (contentType: string) => {
  const isXml = /xml/.test(contentType)
  return {
    status: 200,
    headers: { 'Content-Type': contentType === '' ? 'application/json' : contentType },
    body: isXml ? '<?xml version="1.0" encoding="utf-8"?>\n<response/>\n' : '{}'
  }
}

/** A fault during the whole run, for one product. */
interface RunFault {
  readonly name: string
  readonly words: string
  change(product: string, document: ScenarioDocument): ScenarioDocument
}

export const runFaults: readonly RunFault[] = [
  {
    name: 'evicted',
    words: 'each login ends the other sessions of its account',
    change: (product, document) =>
      withRules(document, [{ name: faultRuleName('evicted'), on: `${product}.login`, then: 'evict' }])
  },
  {
    name: 'session-limit',
    words: 'an account may have one session',
    change: (product, document) => withProduct(document, product, { limit: 1 })
  },
  {
    name: 'expiry-between',
    words: 'each session expires before its second call',
    change: (product, document) =>
      withRules(document, [
        {
          name: faultRuleName('expiry-between'),
          on: product,
          when: { session: 'open' },
          call: 2,
          per: 'session',
          then: 'expire'
        }
      ])
  },
  {
    name: 'clock-skew',
    words: "the server's clock is years behind",
    change: (_product, document) => ({ clock: '2020-02-29T23:59:30Z', ...document })
  }
]

const withProduct = (document: ScenarioDocument, name: string, settings: object): ScenarioDocument => ({
  ...document,
  products: { ...document.products, [name]: { ...document.products?.[name], ...settings } }
})

const faultRuleName = (fault: string): string => `grill: ${fault}`

export const isFaultRule = ({ title }: Pick<Rule, 'title'>): boolean => title.startsWith(`rule "${faultRuleName('')}`)

/** The document with a fault at a place. */
export const withPlaceFault = (
  document: ScenarioDocument,
  fault: PlaceFault,
  place: Place,
  context: FaultContext
): ScenarioDocument =>
  withRules(document, [
    {
      name: faultRuleName(fault.name),
      on: `${place.product}.${place.operation}`,
      call: fault.forGood ? `${place.nth}-` : place.nth,
      then: fault.effect(place, context)
    }
  ])

/** Before the rules of the document: the first matching rule decides. */
const withRules = (document: ScenarioDocument, rules: readonly RuleDocument[]): ScenarioDocument => ({
  ...document,
  rules: [...rules, ...(document.rules ?? [])]
})
