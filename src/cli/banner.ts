import type { Settings } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { OpenListener } from '../server/listeners.js'
import { type AccountDocument, demo } from '../state/accounts.js'

export interface ServedProduct {
  readonly product: Product
  /** Where it is found: scheme, host and port, without a slash at the end. */
  readonly url: string
  /** The space that it leads to, where that is another than the default one. */
  readonly space?: string | undefined
}

/** Each product with the address it is best reached at, its own port or everybody's; then the ports of single spaces. */
export const servedProducts = (products: readonly Product[], listeners: readonly OpenListener[]): ServedProduct[] => [
  ...products.map(product => {
    const listener =
      listeners.find(each => each.product === product && each.space === undefined) ??
      listeners.find(each => !each.product)
    return { product, url: listener?.url ?? '' }
  }),
  ...listeners.flatMap(({ product, space, url }) => (product && space !== undefined ? [{ product, space, url }] : []))
]

/** `scenario`: its title. */
interface Shown extends Pick<Settings, 'accounts'> {
  readonly scenario: string
  /** One that can log in; demo where it is left out. */
  readonly account?: AccountDocument
}

/** What people see at the start: per product its base URL and one command that works as printed; then who may log in, and where HTTPS is spoken. */
export const banner = (
  rows: readonly ServedProduct[],
  { accounts, scenario, account = demo }: Shown,
  https?: string
): string => {
  const width = Math.max(...rows.map(row => titleOf(row).length))
  const row = ({ product, url, space }: ServedProduct) =>
    `  ${titleOf({ product, url, space }).padEnd(width)}  ${url}${product.base}\n  ${''.padEnd(width)}  ${wrapped(product.sample(url, account), width + 4)}\n`
  return `\n${rows.map(row).join('\n')}\n  Accounts: ${accounts === 'any' ? 'anyone, with any password' : listed(rows, account)}\n${https === undefined ? '' : `  HTTPS:    the same at ${https}; clients trust ${rows[0]?.url}/__admin/ca.pem\n`}  Scenario: ${shortened(scenario)}\n  Stop:     Ctrl-C, or SIGTERM\n\n`
}

const titleOf = ({ product, space }: ServedProduct): string =>
  space === undefined ? product.title : `${product.title}, space ${space}`

/** A command, on two lines where it would not fit into 100 columns behind this indent. */
const wrapped = (command: string, indent: number): string =>
  command.length + indent <= 100 ? command : command.replace(/ (\S+)$/, ` \\\n${' '.repeat(indent + 2)}$1`)

/** In one line of a terminal, 100 columns wide. */
const shortened = (title: string): string => {
  const line = title.replace(/\p{C}+/gu, ' ')
  return line.length > 88 ? `${line.slice(0, 87)}…` : line
}

/** The account of the commands, and what else a product asks of it. */
const listed = (rows: readonly ServedProduct[], account: AccountDocument): string => {
  const who = `${account.login} / ${account.password}`
  if (account.login !== demo.login) return who
  const notes = rows.flatMap(({ product: { title, accounts }, space }) =>
    accounts.demo && space === undefined ? [`${title}: ${accounts.demo}`] : []
  )
  return notes.length === 0 ? who : `${who} (${notes.join(', ')})`
}

/** The line that says that it is ready: stable, for scripts to wait for. */
export const readyLine = (version: string, url: string): string => `Ready. session-mock ${version} listening on ${url}`
