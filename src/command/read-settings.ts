import { Complaint, nearest } from '../complaint.js'
import type { Known } from './setting-values.js'
import {
  flagOf,
  type Setting,
  type SettingName,
  type Settings,
  settingNames,
  settings,
  variableOf,
  variablePrefix
} from './settings.js'

export type Flags = Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Flag over variable over default; an empty variable is none. Throws one Complaint with a line for each wrong setting,
 * which names the setting, what was given and what would be right.
 */
export const readSettings = (flags: Flags, env: Environment, known: Known): Settings => {
  const complaints = strayVariables(env)
  const read = settingNames.map(name => {
    const said = saidOf(name, flags, env)
    try {
      return [name, parsed(name, said, known)]
    } catch (error) {
      if (!(error instanceof Complaint)) throw error
      complaints.push(`${said ? shown(name, said) : flagOf(name)}: ${error.message}`)
      return [name, undefined]
    }
  })
  if (complaints.length > 0) throw new Complaint(complaints.join('\n'))
  return agreeing(Object.fromEntries(read) as Settings)
}

interface Said {
  /** The flag or the variable. */
  readonly where: string
  readonly words: readonly string[]
}

/** What was given, with control characters as escapes; of a secret only where it was given. */
const shown = (name: SettingName, { where, words }: Said): string => {
  const { secret }: Setting<unknown> = settings[name]
  return secret ? where : `${where} "${words.join(',').replace(/\p{Cc}/gu, escaped)}"`
}

const escaped = (character: string): string => JSON.stringify(character).slice(1, -1)

const saidOf = (name: SettingName, flags: Flags, env: Environment): Said | undefined => {
  const { alias, foreign }: Setting<unknown> = settings[name]
  const flag = flags[name]
  if (flag !== undefined) return { where: flagOf(name), words: [flag].flat().map(String) }
  const own = variableOf(name)
  const variables = foreign?.test(env[own] ?? '') ? [alias] : [own, alias]
  const where = variables.find(each => each !== undefined && env[each])
  return where === undefined ? undefined : { where, words: [env[where] ?? ''] }
}

const parsed = (name: SettingName, said: Said | undefined, known: Known): unknown => {
  const { parse, fallback, repeatable }: Setting<unknown> = settings[name]
  if (!said) return fallback
  return parse(repeatable ? said.words.flatMap(each => each.split(',').map(part => part.trim())) : said.words, known)
}

/** Variables that are so nearly one of ours that they were meant to be; others are somebody else's, such as `SESSION_MOCK_TAG`. */
const strayVariables = (env: Environment): string[] => {
  const known = settingNames.map(variableOf)
  return Object.keys(env)
    .filter(name => name.startsWith(variablePrefix) && env[name] && !known.includes(name))
    .flatMap(name => {
      const meant = nearest(withoutPrefix(name), known.map(withoutPrefix), 1)
      return meant === undefined ? [] : [`${name}: no such setting; did you mean ${variablePrefix}${meant}?`]
    })
}

const withoutPrefix = (variable: string): string => variable.slice(variablePrefix.length)

/** Refuses settings that are right one by one and wrong together. */
const agreeing = (whole: Settings): Settings => {
  const { port, listen, products, adminPort } = whole
  const ports = new Map([[port, `all products (${flagOf('port')})`]])
  const complaints = listen.flatMap(door => {
    const { name } = door.product
    if (products && !products.includes(door.product))
      return [`${flagOf('listen')}: ${name} is not one of the ${flagOf('products')}`]
    const other = door.port === 0 ? undefined : ports.get(door.port)
    ports.set(door.port, name)
    return other === undefined
      ? []
      : [`${flagOf('listen')}: port ${door.port} is given twice, to ${other} and to ${name}`]
  })
  const taken = adminPort === undefined || adminPort === 0 ? undefined : ports.get(adminPort)
  if (taken !== undefined) complaints.push(`${flagOf('adminPort')}: port ${adminPort} is given to ${taken} already`)
  if (complaints.length > 0) throw new Complaint(complaints.join('\n'))
  return whole
}
