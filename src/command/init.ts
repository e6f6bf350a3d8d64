import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Complaint } from '../complaint.js'
import { scenarioSchema } from '../scenario/schema.js'
import type { Outside } from './cli.js'
import { exitCodes } from './exit-codes.js'

/**
 * Writes a scenario to begin with, and beside it the schema that its first line names, so that editors can help without a network.
 * Throws a Complaint where there is such a file already, or it cannot be written.
 */
export const initCommand = async (file: string, { products, stdout }: Outside): Promise<number> => {
  if (!/\.ya?ml$/i.test(file)) throw new Complaint(`${file}: expected a name that ends in .yaml`)
  const schemaFile = join(dirname(file), schemaName)
  const schema = `${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`
  const before = await readFile(schemaFile, 'utf8').catch(() => undefined)
  if (before !== undefined && !isOurs(before))
    throw new Complaint(`${schemaFile} is there already, is no schema of session-mock, and is not overwritten`)
  await mkdir(dirname(file), { recursive: true }).catch(error => {
    throw unwritable(file, error.message)
  })
  await writeFile(file, template, { flag: 'wx' }).catch(error => refuse(file, error))
  if (before !== schema) await writeFile(schemaFile, schema).catch(error => refuse(schemaFile, error))
  stdout.write(`${file}\n${schemaFile}\n`)
  return exitCodes.stopped
}

const schemaName = 'session-mock.schema.json'

/** One that another version wrote is ours to renew. */
const isOurs = (text: string): boolean => text.includes('"title": "a session-mock scenario"')

const refuse = (file: string, { code, message }: NodeJS.ErrnoException): never => {
  if (code === 'EEXIST') throw new Complaint(`${file} is there already, and is not overwritten`)
  throw unwritable(file, message)
}

const unwritable = (file: string, message: string): Complaint => new Complaint(`${file} cannot be written: ${message}`)

const template = `# yaml-language-server: $schema=./${schemaName}
# A scenario for session-mock. Serve it, and read it again whenever it changes:
#   session-mock --scenario <this file> --watch
# To use one of the examples, take away the # before each of its lines.

# What the client lives through, in a sentence.
title: demo may log in

# The same seed gives the same tokens, numbers and chances.
#seed: 1

# Where the clock starts; left out, it is the real time. A frozen clock stands still until a test moves it.
#clock: 2026-01-01T00:00:00Z
#frozen: true

# Who may log in; "accounts: any" lets everyone in.
accounts:
  - login: demo
    password: demo
#  - login: guest
#    password: guest

# Sessions that are there from the start, with tokens that a client can be given.
#sessions:
#  - { product: cbrain, login: demo, token: 0123456789abcdef0123456789abcdef }
#  - { product: cbrain, login: demo, token: fedcba9876543210fedcba9876543210, status: expired }

# How long sessions live, and how many an account may have, for each product.
#products:
#  netbrain: { idle: 30m, lifetime: 8h, limit: 2 }
#  cbrain: { fidelity: observed }

# What goes wrong: on which calls, how often, and what happens then. The README lists all effects.
#rules:
#  - { name: the first login fails, on: login, times: 1, then: { fail: server-error } }
#  - { name: guest is slow, on: "*", when: { login: guest }, then: { delay: 2s } }
#  - { name: every third session call expires, on: session, every: 3, then: expire }
`
