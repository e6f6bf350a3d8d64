import type { Settings } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { OpenListener } from '../server/listeners.js'
import { type AccountDocument, demo } from '../state/accounts.js'

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
