import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { has } from './checkout.js'

const root = new URL('../../', import.meta.url)
const shell = promisify(execFile)

/** A block of shell commands in a document, with the documented output. */
export interface CommandBlock {
  readonly commands: string
  readonly output: string | undefined
}

export const read = (name: string): string => readFileSync(new URL(name, root), 'utf8')

export const pagesIn = (folder: string): readonly string[] =>
  readdirSync(new URL(folder, root))
    .filter(name => name.endsWith('.md'))
    .map(name => `${folder}${name}`)

/** The README and its pages with commands to run. */
export const guides = ['README', 'docs/products', 'docs/fault-injection', 'docs/settings'].map(name =>
  read(`${name}.md`)
)

export const productPages = pagesIn('routes/')

export const commandBlocks = (document: string): readonly CommandBlock[] =>
  [...document.matchAll(/^```sh\n([^`]*)^```\n(?:\n```text\n([^`]*)^```\n)?/gm)].map(([, commands = '', output]) => ({
    commands,
    output
  }))

/** The blocks with requests to a server. */
export const requestBlocks = (document: string): readonly CommandBlock[] =>
  commandBlocks(document).filter(({ commands }) => commands.includes('curl '))

export const noCurl = (await has('curl', '--version')) ? false : 'curl is not here'

/** The output of commands against the server at this URL. Throws if a command fails, or a login returned no token. */
export const outputOf = async (commands: string, url: string): Promise<string> => {
  const moved = commands.replaceAll('http://127.0.0.1:4100', url)
  const check = /^(?:token|key)=/m.test(commands) ? '[ -n "$token$key" ]' : ''
  const quiet = 'curl() { command curl --silent --show-error "$@"; }'
  const { stdout } = await shell('bash', ['-c', `set -e -o pipefail\n${quiet}\n${moved}\n${check}`])
  return stdout
}

/** The pattern of a documented output, in which `…` matches any value. */
export const outputPattern = (output: string): RegExp =>
  new RegExp(`^${output.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '[^"<,]+')}$`)
