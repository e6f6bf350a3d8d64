import { formatInstant } from '../base/instant.js'
import type { SessionEnd } from '../session/sessions.js'
import { shortToken } from '../state/secrets.js'
import type { EventPayload } from './events.js'
import { causeOf } from './reasons.js'
import { renderEntry } from './rendering.js'

/** Renders an event as JSON; with `secrets`, passwords and tokens are complete. */
export const renderEvent = (event: EventPayload, secrets: boolean): object => {
  if (event.kind === 'request' || event.kind === 'underway') return renderEntry(event.entry, secrets)
  if (event.kind === 'clock') return { now: formatInstant(event.now), frozen: event.frozen }
  if (event.kind === 'rule') return { rule: event.rule.title, sentence: event.rule.sentence, request: event.request }
  if (event.kind === 'space') return { change: event.change }
  if (event.kind === 'hold') return { name: event.name, waiting: event.waiting }
  const { product, login, token, end, openedAt } = event.session
  return {
    change: event.change,
    at: formatInstant((event.change === 'ended' && end?.at) || openedAt),
    product,
    login,
    token: secrets ? token : shortToken(token),
    ...(end && event.change === 'ended' ? endOf(end) : {})
  }
}

const endOf = (end: SessionEnd): object => {
  const by = causeOf(end.by, end.request)
  return { cause: end.cause, ...(by === undefined ? {} : { by }) }
}
