import { parse } from 'yaml'
import type { FailureName } from '../../src/product/failure.js'
import { read } from '../support/documents.js'
import { everyDriver } from '../support/drivers.js'
import { table } from './control-tables.js'

interface Rule {
  readonly name: string
  readonly on: string
  readonly then: string | { readonly fail?: FailureName; readonly headers?: Readonly<Record<string, unknown>> }
}

/** The faults other than a refused login. */
const effects: Readonly<Record<string, readonly [effect: string, failure?: FailureName]>> = {
  expired: ['the login succeeds; the token is expired at its first use', 'expired-session'],
  revoked: ['the login succeeds; the token is revoked at its first use', 'no-session'],
  flaky: ['every second request fails', 'server-error'],
  slow: ['each response is delayed by two seconds'],
  trickle: ['each body is sent in ten pieces over two seconds'],
  clinging: ['the logout succeeds, but the token stays valid'],
  hangup: ['the connection of the login is reset'],
  silent: ['the connection of the login is closed without a response'],
  cutoff: ['the connection of the login is closed within the body'],
  garbage: ['the login gets bytes that are not HTTP'],
  malformed: ['the login gets a valid status line and an invalid chunk'],
  stuck: ['the login gets no response, and the connection stays open']
}

/** The generated table of docs/fault-injection.md: the accounts of the default scenario. */
export const magicTable = (): string => {
  const { rules }: { rules: readonly Rule[] } = parse(read('scenarios/default.yaml'))
  return table(
    ['login', 'effect', ...everyDriver.map(({ product }) => product.title)],
    rules.map(({ name, then }) => {
      const { fail, headers = {} } = typeof then === 'string' ? {} : then
      const sent = Object.entries(headers).map(([header, value]) => `, with \`${header}: ${value}\``)
      const [effect, failure] = effects[name] ?? [`the login is refused as \`${fail}\`${sent.join('')}`, fail]
      return [`\`${name}\``, effect, ...everyDriver.map(driver => statusOf(driver, failure, name in effects))]
    })
  )
}

/** The HTTP status of the refusal of a login or of a later request. */
const statusOf = (driver: (typeof everyDriver)[number], failure: FailureName | undefined, isUse: boolean): string => {
  if (failure === undefined) return ''
  const [status] = (isUse && driver.refusalsAtUse?.[failure]) || driver.refusals[failure]
  return String(status)
}
