import type { RuleDocument } from '../scenario/engine/rule.js'
import type { Place, PlaceKind } from './place.js'

/** The context of a fault. */
export interface FaultContext {
  /** Milliseconds of the timeout of the command. */
  readonly timeout: number
}

/** A fault at one call. */
export interface PlaceFault {
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
