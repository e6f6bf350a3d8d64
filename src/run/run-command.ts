import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { choice, nearest, UserError } from '../base/errors.js'
import { URL } from '../base/node-globals.js'
import type { Environment } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { settingNames, settings, variableOf, variablePrefix } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { OpenListener } from '../server/listeners.js'
import type { SystemClock } from '../session/clock.js'

/** The end of a command. `code` is the exit code of a shell: 128 plus the signal number after a signal. */
export interface CommandEnd {
  readonly code: number
  readonly signal?: NodeJS.Signals
}

interface CommandOptions {
  readonly words: readonly string[]
  readonly env: Environment
  readonly systemClock: Pick<SystemClock, 'elapsed' | 'sleep'>
  /** Receives the output; if undefined, the command shares stdin, stdout and stderr with this process. */
  readonly onOutput?: (text: string) => void
}

/** A command in a process group of its own. */
export interface RunningCommand {
  readonly ended: Promise<CommandEnd>
  /** Sends a signal to the process group. */
  kill(signal: NodeJS.Signals): void
  /**
   * Stops the rest of the group: SIGTERM, then SIGKILL after `grace` milliseconds. Resolves to whether any process was left.
   */
  endGroup(grace: number): Promise<boolean>
}

/** Exit codes of a shell for a command that cannot be started. */
const notStarted = { notFound: 127, notExecutable: 126 } as const

/** A command that cannot be started. `code`: the exit code of a shell. */
export class CommandError extends UserError {
  constructor(
    message: string,
    readonly code: number
  ) {
    super(message)
  }
}

/** The certificate of a generated authority as a file for a command. */
export interface AuthorityFile {
  readonly path: string
  remove(): Promise<void>
}

/** Writes the certificate, in PEM, into a temporary folder. Throws a UserError. */
export const writeAuthority = async (ca: string): Promise<AuthorityFile> => {
  try {
    const folder = await mkdtemp(join(tmpdir(), 'session-mock-'))
    const path = join(folder, 'ca.pem')
    await writeFile(path, ca)
    return { path, remove: () => rm(folder, { recursive: true, force: true }) }
  } catch (error) {
    throw new UserError(
      `the certificate for the command cannot be written to ${tmpdir()}: ${messageOf(error)}; set TMPDIR to a folder that exists`
    )
  }
}

/** Starts a command. Throws a CommandError if it is not found or not executable. */
export const startCommand = async (options: CommandOptions): Promise<RunningCommand> => {
  const { words, env, systemClock, onOutput } = options
  const [file = '', ...args] = words
  const child = spawn(file, args, {
    env: { ...env },
    detached: true,
    stdio: onOutput ? ['ignore', 'pipe', 'pipe'] : 'inherit'
  })
  for (const output of [child.stdout, child.stderr]) output?.setEncoding('utf8').on('data', text => onOutput?.(text))
  await once(child, 'spawn').catch(error => {
    throw cannotStart(file, error)
  })
  child.on('error', () => undefined)
  const ended = new Promise<CommandEnd>(resolve => {
    child.once('exit', (code, signal) => resolve(endOf(code, signal)))
  })
  const { pid = 0 } = child
  return {
    ended,
    kill: signal => void signalGroup(pid, signal),
    endGroup: async grace => {
      const isLeft = await endGroup(pid, grace, systemClock)
      child.stdout?.destroy()
      child.stderr?.destroy()
      return isLeft
    }
  }
}

const cannotStart = (file: string, { code, message }: NodeJS.ErrnoException): CommandError => {
  if (code === 'ENOENT') return new CommandError(`${file}: command not found`, notStarted.notFound)
  return new CommandError(
    `${file}: ${code === 'EACCES' ? 'permission denied: it is not executable' : message}`,
    notStarted.notExecutable
  )
}

const endOf = (code: number | null, signal: NodeJS.Signals | null): CommandEnd =>
  signal === null ? { code: code ?? 0 } : { code: 128 + constants.signals[signal], signal }

/** Whether the group still exists. */
const signalGroup = (pid: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    return process.kill(-pid, signal)
  } catch {
    return false
  }
}

const endGroup = async (
  pid: number,
  grace: number,
  { elapsed, sleep }: CommandOptions['systemClock']
): Promise<boolean> => {
  if (!signalGroup(pid, grace > 0 ? 'SIGTERM' : 'SIGKILL')) return false
  const deadline = elapsed() + grace
  while (elapsed() < deadline && signalGroup(pid, 0)) await sleep(20)
  signalGroup(pid, 'SIGKILL')
  return true
}

/** The addresses of a server for its clients. URLs have no slash at their end. */
interface Addresses {
  readonly url: string
  /** The HTTPS URL, and the path of the certificate to trust, in PEM. */
  readonly https?: string | undefined
  readonly ca?: string | undefined
  /** The URL of the separate port of the control API. */
  readonly admin?: string | undefined
  /** The space in the URLs of the products. */
  readonly space?: string | undefined
  /** The base URL of each product, by its name. */
  readonly products: Readonly<Record<string, string>>
}

/** The addresses of the listeners. The URLs of products use their own listeners, and this space. */
export const addressesOf = (
  products: readonly Product[],
  listeners: readonly OpenListener[],
  { space, ca }: Pick<Addresses, 'space' | 'ca'> = {}
): Addresses => {
  const url = listeners[0]?.url ?? ''
  const baseOf = ({ name, base }: Product) => {
    const own = listeners.find(each => each.product?.name === name && each.space === undefined)
    return [name, `${own?.url ?? url}${space === undefined ? '' : `/~${space}`}${base}`]
  }
  return {
    url,
    https: listeners.find(({ tls }) => tls)?.url,
    ca,
    admin: listeners.find(({ control }) => control === 'alone')?.url,
    space,
    products: Object.fromEntries(products.map(baseOf))
  }
}

/** The environment variables of a command without their prefix: `URL`, `CBRAIN_URL`, … A shell allows no hyphen in a name. */
export const variablesOf = ({ url, https, ca, admin, space, products }: Addresses): Record<string, string> => ({
  URL: url,
  ...(https !== undefined && { HTTPS_URL: https }),
  ...(ca !== undefined && { CA: ca }),
  ...(admin !== undefined && { ADMIN_URL: admin }),
  ...(space !== undefined && { SPACE_URL: `${url}/~${space}` }),
  ...Object.fromEntries(
    Object.entries(products).map(([name, base]) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, base])
  )
})

/** The same, with the prefix of our variables. */
const environmentOf = (addresses: Addresses): Record<string, string> =>
  Object.fromEntries(Object.entries(variablesOf(addresses)).map(([name, value]) => [variablePrefix + name, value]))

/**
 * The environment of a command: that of this process without the secret settings, such as the token of the control API, with the
 * addresses and the variables of the templates.
 */
export const commandEnvironment = (
  env: Environment,
  addresses: Addresses,
  templates: readonly VariableTemplate[]
): Environment => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !secretVariables.has(name))),
  ...proxyExceptions(env, addresses),
  ...environmentOf(addresses),
  ...fillTemplates(templates, addresses)
})

/** Why no request may have come, though the command has made some. Empty without a proxy. */
export const proxyHint = (env: Environment): string =>
  hasProxy(env)
    ? 'a proxy is set (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY), and NO_PROXY names this server for the command, but some clients do not read it'
    : ''

/** Whether clients may send their requests through a proxy. */
const hasProxy = (env: Environment): boolean =>
  ['http_proxy', 'https_proxy', 'all_proxy'].some(name => env[name] || env[name.toUpperCase()])

/** `no_proxy` and `NO_PROXY` with the hosts of the server: most clients read one of the two. */
const proxyExceptions = (env: Environment, { url, https, admin }: Addresses): Record<string, string> => {
  if (!hasProxy(env)) return {}
  const hosts = [url, https, admin].flatMap(each => (each === undefined ? [] : [new URL(each).hostname]))
  const extended = (given = '') => {
    const present = given.split(',').map(each => each.trim())
    const missing = ['localhost', '127.0.0.1', '::1', ...hosts].filter(host => !present.includes(host))
    return present.includes('*') ? given : [given, ...new Set(missing)].filter(each => each !== '').join(',')
  }
  const { no_proxy: lower, NO_PROXY: upper } = env
  return { no_proxy: extended(lower || upper), NO_PROXY: extended(upper || lower) }
}

const isSecretSetting = ({ secret }: Setting<unknown>): boolean => secret === true

const secretVariables: ReadonlySet<string> = new Set(
  settingNames.filter(name => isSecretSetting(settings[name])).map(variableOf)
)

/** A variable with a template: `CBRAIN_URL={cbrain}`. */
export interface VariableTemplate {
  readonly name: string
  readonly template: string
}

/** Parses `--env NAME=TEMPLATE`. Throws a UserError with the list of placeholders if one is unknown. */
export const parseTemplates = (texts: readonly string[], placeholders: readonly string[]): VariableTemplate[] =>
  texts.map(text => {
    const [, name, template] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? []
    if (name === undefined || template === undefined)
      throw new UserError(`--env "${text}": expected NAME=TEMPLATE, such as CBRAIN_URL={cbrain}`)
    for (const [, word = ''] of template.matchAll(placeholder))
      if (!placeholders.includes(word)) throw unknownPlaceholder(text, word, placeholders)
    return { name, template }
  })

/** The valid placeholders of a template. */
export const placeholdersFor = (
  products: readonly Product[],
  { https, space }: { readonly https: boolean; readonly space: boolean }
): string[] => [
  'url',
  'host',
  'port',
  ...products.map(({ name }) => name),
  ...(https ? ['https', 'ca'] : []),
  ...(space ? ['space', 'space-name'] : [])
]

/** The variables of the templates, for a server at these addresses. */
const fillTemplates = (
  templates: readonly VariableTemplate[],
  { url, https, ca, space, products }: Addresses
): Record<string, string> => {
  const { hostname, port } = new URL(url)
  const values: Record<string, string | undefined> = {
    ...products,
    url,
    host: hostname,
    port,
    https,
    ca,
    space: space === undefined ? undefined : `${url}/~${space}`,
    'space-name': space
  }
  return Object.fromEntries(
    templates.map(({ name, template }) => [name, template.replace(placeholder, (_, word) => values[word] ?? '')])
  )
}

const placeholder = /\{([a-z][a-z-]*)\}/g

const requiredFlags: Readonly<Record<string, string>> = {
  https: '--https-port',
  ca: '--https-port',
  space: '--space',
  'space-name': '--space'
}

const unknownPlaceholder = (text: string, word: string, known: readonly string[]): UserError => {
  const flag = requiredFlags[word]
  if (flag !== undefined) return new UserError(`--env "${text}": {${word}} is there with ${flag} only`)
  const suggestion = nearest(word, known)
  const hint = suggestion === undefined ? '' : `; did you mean {${suggestion}}?`
  return new UserError(
    `--env "${text}": unknown placeholder {${word}}: expected ${choice(known.map(each => `{${each}}`))}${hint}`
  )
}
