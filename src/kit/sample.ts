import { URLSearchParams } from '../base/node-globals.js'
import type { AccountDocument } from '../state/accounts.js'

/** The `-d` argument of a curl command: a form, quoted for a shell. */
export const formArgument = (fields: Readonly<Record<string, string>>): string =>
  `-d ${quoted(String(new URLSearchParams(fields)))}`

/** The arguments of a curl command that sends JSON, quoted for a shell. */
export const jsonArguments = ({ login, password }: AccountDocument): string =>
  `-H 'Content-Type: application/json' -d ${quoted(JSON.stringify({ username: login, password }))}`

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
