import type { App } from '../app.js'
import type { CheckedSettings } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { secretsOf } from '../journal/redactor.js'
import type { Product } from '../product/product.js'
import { createLog } from '../run/logger.js'
import type { Scenario } from '../scenario/scenario.js'
import type { OpenListener } from '../server/listeners.js'
import { type AccountDocument, demo } from '../session/accounts.js'
import { systemClock } from '../session/clock.js'
import { type CommandContext, exitCodes, parentEnded } from './command-context.js'
import { isLoopback, startServer } from './start-server.js'

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

export interface ServedProduct {
  readonly product: Product
  /** Scheme, host and port, without a slash at the end. */
  readonly url: string
  /** The space of its listener, if not the default one. */
  readonly space?: string | undefined
}

/** Each product with its own address or the shared one; then the listeners of single spaces. */
export const servedProducts = (products: readonly Product[], listeners: readonly OpenListener[]): ServedProduct[] => [
  ...products.map(product => {
    const listener =
      listeners.find(each => each.product === product && each.space === undefined) ??
      listeners.find(each => !each.product)
    return { product, url: listener?.url ?? '' }
  }),
  ...listeners.flatMap(({ product, space, url }) => (product && space !== undefined ? [{ product, space, url }] : []))
]

interface BannerContent extends Pick<Settings, 'accounts'> {
  /** Title of the scenario. */
  readonly scenario: string
  /** An account that can log in; default demo. */
  readonly account?: AccountDocument
  /** Logins that rules refer to. */
  readonly magic?: readonly string[]
  /** The address of the control API. */
  readonly control?: string | undefined
  readonly https?: string | undefined
  /** Whether the control API has a dashboard. */
  readonly dashboard?: boolean
}

/**
 * The output at start-up: for each product the base URL and a working command, then accounts and addresses. Lines have at most
 * 100 columns, unless a single word is longer.
 */
export const banner = (rows: readonly ServedProduct[], content: BannerContent): string => {
  const { accounts, scenario, account = demo, magic = [], control, https, dashboard } = content
  const width = Math.max(...rows.map(row => titleOf(row).length))
  const row = ({ product, url, space }: ServedProduct) =>
    `  ${titleOf({ product, url, space }).padEnd(width)}  ${url}${product.base}\n  ${''.padEnd(width)}  ${wrapCommand(product.sample(url, account), width + 4)}\n`
  const lines = [
    bannerLine('Accounts', accounts === 'any' ? 'anyone, with any password' : describeAccount(rows, account)),
    ...(magic.length === 0 ? [] : [bannerLine('Magic', magicAccounts(magic))]),
    ...(control === undefined ? [] : [bannerLine('Control', `${control}/__admin`)]),
    ...(control !== undefined && dashboard ? [bannerLine('Browser', `${control}/__admin/`)] : []),
    ...(https === undefined
      ? []
      : [bannerLine('HTTPS', `the same at ${https}; clients trust ${control ?? ''}/__admin/ca.pem`)]),
    bannerLine('Scenario', scenario.replace(/\p{C}+/gu, ' ').slice(0, 500)),
    bannerLine('Stop', 'Ctrl-C, or SIGTERM')
  ]
  return `\n${rows.map(row).join('\n')}\n${lines.join('')}\n`
}

/** `  Stop:     Ctrl-C, or SIGTERM`, wrapped if it is long. */
export const bannerLine = (label: string, text: string): string =>
  `  ${`${label}:`.padEnd(10)}${wrapWords(text.split(' '), 12, '')}\n`

/** The first few names. */
const magicAccounts = (logins: readonly string[]): string => {
  const [some, more] = [logins.slice(0, 4), logins.length - 4]
  return `${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}; see /__admin/scenario`
}

const titleOf = ({ product, space }: ServedProduct): string =>
  space === undefined ? product.title : `${product.title}, space ${space}`

/** A command, wrapped to 100 columns with backslashes. */
const wrapCommand = (command: string, indent: number): string =>
  wrapWords(command.match(/(?:-\w+ )?(?:'[^']*'|"[^"]*"|\\.|[^\s'"\\])+/g) ?? [command], indent, ' \\', 2)

/** Wraps words to 100 columns. `end`: added to each line but the last. `more`: indentation of further lines. */
const wrapWords = (words: readonly string[], indent: number, end: string, more = 0): string => {
  const lines: string[] = []
  for (const word of words) {
    const line = lines.at(-1)
    const room = 100 - indent - end.length - (lines.length > 1 ? more : 0)
    if (line !== undefined && line.length + 1 + word.length <= room) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines.join(`${end}\n${' '.repeat(indent + more)}`)
}

/** The account of the commands, and additional credentials of products. */
const describeAccount = (rows: readonly ServedProduct[], account: AccountDocument): string => {
  const credentials = `${account.login} / ${account.password}`
  if (account.login !== demo.login) return credentials
  const notes = rows.flatMap(({ product: { title, accounts }, space }) =>
    accounts.demo && space === undefined ? [`${title}: ${accounts.demo}`] : []
  )
  return notes.length === 0 ? credentials : `${credentials} (${notes.join(', ')})`
}

/** The ready line. It is stable, so that scripts can wait for it. */
export const readyLine = (version: string, url: string): string => `Ready. session-mock ${version} listening on ${url}`
