import { formatInstant } from '../base/instant.js'
import type { SessionEnd } from '../session/sessions.js'
import type { EventPayload } from './events.js'
import { causeOf } from './reasons.js'
import { shortToken } from './redactor.js'
import { renderEntry } from './rendering.js'

/** What an event says, for JSON; with `secrets`, passwords and tokens are shown whole. */
export const renderEvent = (what: EventPayload, secrets: boolean): object => {
  if (what.kind === 'request' || what.kind === 'underway') return renderEntry(what.entry, secrets)
  if (what.kind === 'clock') return { now: formatInstant(what.now), frozen: what.frozen }
  if (what.kind === 'rule') return { rule: what.rule.title, sentence: what.rule.sentence, request: what.request }
  if (what.kind === 'space') return { change: what.change }
  if (what.kind === 'hold') return { name: what.name, waiting: what.waiting }
  const { product, login, token, end, openedAt } = what.session
  return {
    change: what.change,
    at: formatInstant((what.change === 'ended' && end?.at) || openedAt),
    product,
    login,
    token: secrets ? token : shortToken(token),
    ...(end && what.change === 'ended' ? endOf(end) : {})
  }
}

const endOf = (end: SessionEnd): object => {
  const by = causeOf(end.by, end.request)
  return { cause: end.cause, ...(by === undefined ? {} : { by }) }
}
