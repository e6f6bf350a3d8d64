import { URL } from '../base/node-globals.js'
import { choice, nearest, UserError } from '../base/user-error.js'
import type { Environment } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { settingNames, settings, variableOf, variablePrefix } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { OpenListener } from '../server/listeners.js'

/** The addresses of a server for its clients. URLs have no slash at their end. */
export interface Addresses {
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

/** The environment variables of a command without their prefix: `URL`, `CBRAIN_URL`, … */
export const variablesOf = ({ url, https, ca, admin, space, products }: Addresses): Record<string, string> => ({
  URL: url,
  ...(https !== undefined && { HTTPS_URL: https }),
  ...(ca !== undefined && { CA: ca }),
  ...(admin !== undefined && { ADMIN_URL: admin }),
  ...(space !== undefined && { SPACE_URL: `${url}/~${space}` }),
  ...Object.fromEntries(Object.entries(products).map(([name, base]) => [`${name.toUpperCase()}_URL`, base]))
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
