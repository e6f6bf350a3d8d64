import type { Rule, RuleDocument } from '../scenario/engine/rule.js'
import type { ScenarioDocument } from '../scenario/format/scenario-document.js'
import type { Place, PlaceKind } from './place.js'

/** What a fault is planned with. */
export interface FaultContext {
  /** Milliseconds that the command may run. */
  readonly timeout: number
}

/** Something that goes wrong at a place. */
export interface PlaceFault {
  readonly name: string
  readonly kinds: readonly PlaceKind[]
  /** What happens, after the place: "cbrain.session, call 2: its token has expired". */
  readonly words: string
  /** It goes on after that call. */
  readonly forGood?: true
  /** It is about the token of the call. */
  readonly needsToken?: true
  effect(place: Place, context: FaultContext): RuleDocument['then']
}

/** Something that is so during the whole run, for one product. */
export interface RunFault {
  readonly name: string
  readonly words: string
  change(product: string, document: ScenarioDocument): ScenarioDocument
}

/** Seconds that a rate limit asks to wait. */
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
    words: 'no token is honoured any more, as if none had been issued',
    forGood: true,
    needsToken: true,
    effect: always({ fail: 'no-session' })
  },
  {
    name: 'already-ended',
    kinds: ['logout'],
    words: 'its session has ended already',
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
    words: 'a server error, for good',
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
    words: 'the connection is reset, and nothing was done',
    effect: always({ pretend: true, connection: 'reset' })
  },
  {
    name: 'reset-after-work',
    kinds: ['login', 'use', 'logout'],
    words: 'the work is done, and the connection is reset',
    effect: always({ connection: 'reset' })
  },
  {
    name: 'truncated',
    kinds: ['login', 'use'],
    words: 'the answer ends in the middle',
    effect: always({ connection: 'truncate' })
  },
  {
    name: 'empty',
    kinds: ['login'],
    words: 'the connection closes without an answer',
    effect: always({ connection: 'empty' })
  },
  { name: 'garbage', kinds: ['login'], words: 'the answer is no HTTP', effect: always({ connection: 'garbage' }) },
  { name: 'slow', kinds: ['login'], words: 'the answer takes 2 seconds', effect: always({ delay: '2s' }) },
  { name: 'hang', kinds: ['login'], words: 'no answer ever comes', effect: always({ connection: 'hang' }) },
  {
    name: 'late',
    kinds: ['use'],
    words: 'the answer comes when no client waits any more',
    effect: (_place, { timeout }) => ({ delay: `${timeout * 2}ms` })
  },
  {
    name: 'no-token',
    kinds: ['login'],
    words: 'the answer is a success without a token',
    effect: ({ contentType }) => ({ reply: tokenless(contentType) })
  },
  { name: 'pretended', kinds: ['logout'], words: 'a success, and the session lives on', effect: always('pretend') }
]

const tokenless = (contentType: string) => {
  const isXml = /xml/.test(contentType)
  return {
    status: 200,
    headers: { 'Content-Type': contentType === '' ? 'application/json' : contentType },
    body: isXml ? '<?xml version="1.0" encoding="utf-8"?>\n<response/>\n' : '{}'
  }
}

export const runFaults: readonly RunFault[] = [
  {
    name: 'evicted',
    words: 'each login ends the other sessions of its account',
    change: (product, document) =>
      withRules(document, [{ name: nameOf('evicted'), on: `${product}.login`, then: 'evict' }])
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
          name: nameOf('expiry-between'),
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

/** What the rules of grill are called. */
const nameOf = (fault: string): string => `grill: ${fault}`

export const isFaultRule = ({ title }: Pick<Rule, 'title'>): boolean => title.startsWith(`rule "${nameOf('')}`)

/** The document with a fault at a place. */
export const withPlaceFault = (
  document: ScenarioDocument,
  fault: PlaceFault,
  place: Place,
  context: FaultContext
): ScenarioDocument =>
  withRules(document, [
    {
      name: nameOf(fault.name),
      on: `${place.product}.${place.operation}`,
      call: fault.forGood ? `${place.nth}-` : place.nth,
      then: fault.effect(place, context)
    }
  ])

/** Before the document's own rules: of several that decide, the first counts. */
const withRules = (document: ScenarioDocument, rules: readonly RuleDocument[]): ScenarioDocument => ({
  ...document,
  rules: [...rules, ...(document.rules ?? [])]
})

const withProduct = (document: ScenarioDocument, name: string, settings: object): ScenarioDocument => ({
  ...document,
  products: { ...document.products, [name]: { ...document.products?.[name], ...settings } }
})
