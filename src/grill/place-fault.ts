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
