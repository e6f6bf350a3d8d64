import type { App } from '../app.js'
import type { CheckedSettings } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import { createLog } from '../log/logger.js'
import type { Scenario } from '../scenario/scenario.js'
import type { OpenListener } from '../server/listeners.js'
import { systemClock } from '../state/clock.js'
import { banner, readyLine, servedProducts } from './banner.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { parentEnded } from './parent.js'
import { isLoopback } from './ports.js'
import { startServer } from './start-server.js'

/** Serves until a signal to stop; returns the exit code. */
export const serveCommand = async (checked: CheckedSettings, context: CommandContext): Promise<number> => {
  const server = await startServer(checked, context, context.stdout)
  if (!server) return exitCodes.portInUse
  const { settings } = server
  const parent = parentEnded(settings, context, systemClock)
  let code: number = exitCodes.stopped
  try {
    // The signal handlers must exist before the ready line, after which a signal may follow immediately.
    const stopped = context.stopped()
    await greet(server.app, server.listeners, settings, context)
    warnOfOpenControl(settings, context)
    const reason = await Promise.race([stopped, parent.ended])
    if (reason !== undefined) context.stderr.write(`session-mock: stopped: ${reason}\n`)
  } finally {
    parent.close()
    code = await server.close()
  }
  return code
}

/** Logged at every level: users of a public address must know. */
const warnOfOpenControl = ({ host, adminToken }: Settings, { stderr }: CommandContext): void => {
  if (!isLoopback(host) && adminToken === undefined)
    stderr.write(
      `session-mock: the control API, /__admin, is open to all clients of ${host}; set ${flagOf('adminToken')}, or ${flagOf('adminPort')} with a private port\n`
    )
}

const greet = async (
  app: App,
  listeners: readonly OpenListener[],
  settings: Settings,
  context: CommandContext
): Promise<void> => {
  const { stdout, env, version } = context
  const rows = servedProducts(app.products, listeners)
  const url = listeners[0]?.url ?? ''
  for (const row of rows) if (row.space === undefined) app.urls.set(row.product.name, row.url)
  const { scenario } = app.spaces.default
  const https = listeners.find(({ tls }) => tls)?.url
  const control = (listeners.find(({ control }) => control === 'alone') ?? listeners[0])?.url
  const ready = readyLine(version, url)
  if (settings.log !== 'json')
    return void stdout.write(
      `${banner(rows, { ...settings, scenario: secretsOf(scenario).title, ...accountsOf(scenario), control, https })}${ready}\n`
    )
  const products = Object.fromEntries(
    rows.filter(({ space }) => space === undefined).map(({ product, url }) => [product.name, `${url}${product.base}`])
  )
  // The ready line is logged at every level.
  const log = await createLog({ log: 'json', logLevel: 'info' }, stdout, env)
  log.info({ version, url, ...(https && { https }), products }, ready)
}

/** The first account of the scenario, which may not have demo, and the accounts that rules refer to. */
const accountsOf = ({ accounts, rules }: Scenario) => {
  if (accounts === 'any') return {}
  const [account] = accounts
  const ruled = new Set(rules.map(({ login }) => login))
  const magic = accounts.map(({ login }) => login).filter(login => ruled.has(login))
  return { ...(account ? { account } : {}), magic }
}
