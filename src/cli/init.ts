import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UserError } from '../base/errors.js'
import { scenarioSchema } from '../scenario/format/schema.js'
import { type CommandContext, exitCodes } from './command-context.js'

/**
 * Writes a starter scenario and its schema, so that editors can use it offline. Keeps an existing scenario. Throws a UserError
 * if a file cannot be written.
 */
export const initCommand = async (file: string, { products, stdout }: CommandContext): Promise<number> => {
  const [, isJson] = /\.(?:ya?ml|(json))$/i.exec(file) ?? refuse(`${file}: expected a name that ends in .yaml or .json`)
  const schemaFile = join(dirname(file), schemaName)
  const schema = `${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`
  const text = await textOf(file)
  const schemaBefore = await textOf(schemaFile)
  if (schemaBefore !== undefined && !isOurs(schemaBefore))
    refuse(`${schemaFile} already exists, is not a schema of session-mock, and is not overwritten`)
  if (text === undefined) await write(file, isJson ? jsonTemplate : yamlTemplate)
  if (schemaBefore !== schema) await write(schemaFile, schema)
  const lines = [
    `${file}: ${text === undefined ? 'written' : 'already exists, unchanged'}`,
    `${schemaFile}: ${schemaBefore === undefined ? 'written' : describeSchemaFile(schemaBefore === schema)}`,
    ...(text === undefined || text.includes(schemaName) ? [] : [describeSchemaLine(file, isJson !== undefined)]),
    `Next: session-mock validate ${file}`
  ]
  stdout.write(`${lines.join('\n')}\n`)
  return exitCodes.stopped
}

const describeSchemaFile = (isSame: boolean): string => (isSame ? 'already exists, up to date' : 'renewed')

/** The line that connects an existing scenario to the schema. */
const describeSchemaLine = (file: string, isJson: boolean): string => {
  const line = isJson ? `"$schema": "./${schemaName}",` : `# yaml-language-server: $schema=./${schemaName}`
  return `For help in an editor, ${isJson ? 'the first key' : 'the first line'} of ${file} should be: ${line}`
}

/** The text of a file; undefined if it does not exist. Throws a UserError for anything else than a file. */
const textOf = async (file: string): Promise<string | undefined> => {
  const found = await stat(file).catch(() => undefined)
  if (!found) return undefined
  if (!found.isFile()) refuse(`${file} already exists, and is not a file`)
  return readFile(file, 'utf8').catch(error => refuse(`${file} cannot be read: ${error.message}`))
}

/** A schema of another version is replaced. */
const isOurs = (text: string): boolean => text.includes('"title": "a session-mock scenario"')

const write = async (file: string, text: string): Promise<void> => {
  const fail = (error: Error): never => refuse(`${file} cannot be written: ${error.message}`)
  await mkdir(dirname(file), { recursive: true }).catch(fail)
  await writeFile(file, text).catch(fail)
}

const refuse = (message: string): never => {
  throw new UserError(message)
}

/** File name of the schema, beside the scenario. */
export const schemaName = 'session-mock.schema.json'

export const yamlTemplate = `# yaml-language-server: $schema=./${schemaName}
# A scenario for session-mock. Serve it, and reload it after changes:
#   session-mock --scenario <this file> --watch
# Validate it, and describe it in English:
#   session-mock validate <this file>
#   session-mock explain <this file>
# To use one of the examples, remove the # before each of its lines.

# The behaviour in a sentence.
title: demo may log in

# A seed makes tokens, numbers and probabilities reproducible.
#seed: 1

# Start time of the clock; real time by default. A frozen clock changes only by the control API.
#clock: 2026-01-01T00:00:00Z
#frozen: true

# Accounts that may log in; "accounts: any" accepts every login.
accounts:
  - login: demo
    password: demo
#  - login: guest
#    password: guest

# Initial sessions, with tokens for clients.
#sessions:
#  - { product: cbrain, login: demo, token: 0123456789abcdef0123456789abcdef }
#  - { product: cbrain, login: demo, token: fedcba9876543210fedcba9876543210, status: expired }

# Session timeouts, and the number of sessions per account, for each product.
#products:
#  netbrain: { idle: 30m, lifetime: 8h, limit: 2 }
#  cbrain: { fidelity: observed }

# Faults: the calls, how often, and the effects. All effects: node_modules/session-mock/scenarios/README.md#effects
#rules:
#  - { name: the first login fails, on: login, times: 1, then: { fail: server-error } }
#  - { name: guest is slow, on: "*", when: { login: guest }, then: { delay: 2s } }
#  - { name: every third session call expires, on: session, every: 3, then: expire }
#  - { name: the third login locks for ten minutes, on: login, call: 3, for: 10m, per: login, then: { fail: forbidden } }
#  - { name: an error page of a proxy, on: ping, call: 2, then: { reply: { status: 502, body: Bad Gateway } } }
`

/** The same as JSON, which has no comments. */
export const jsonTemplate = `${JSON.stringify(
  {
    $schema: `./${schemaName}`,
    title: 'demo may log in, and the first login fails',
    accounts: [{ login: 'demo', password: 'demo' }],
    rules: [{ name: 'the first login fails', on: 'login', times: 1, then: { fail: 'server-error' } }]
  },
  undefined,
  2
)}\n`
