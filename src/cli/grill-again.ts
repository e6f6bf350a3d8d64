import type { Flags } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { flagOf, type SettingName, settingNames, settings } from '../config/settings.js'
import { redactedWords } from '../journal/redaction.js'
import type { Redactor } from '../journal/redactor.js'
import { isText } from '../scenario/format/source.js'

/** Settings that do not affect the behaviour of the server. */
const excluded: readonly SettingName[] = ['scenario', 'report', 'logFile', 'log', 'logLevel']

/**
 * The command that repeats a scenario file: `exec` with the same settings and variables, without secret ones; `…` is in the place
 * of secrets in its words. Without a file, it runs without a fault.
 */
export const execCommandLine =
  (flags: Flags, env: readonly string[], words: readonly string[], redact: Redactor) =>
  (file: string): string => {
    const { scenario } = flags
    const source = file === '' ? scenario : file
    return [
      'session-mock exec',
      ...settingNames.filter(name => !excluded.includes(name)).flatMap(name => flagWords(name, flags[name])),
      ...redactedWords(env, redact).map(each => `--env ${quote(each)}`),
      ...(source === undefined
        ? []
        : [`--scenario ${quote(isText(String(source)) ? redact(String(source)) : String(source))}`]),
      '--',
      ...redactedWords(words, redact).map(quote)
    ].join(' ')
  }

const flagWords = (name: SettingName, value: Flags[SettingName]): string[] => {
  const { secret, onOff }: Setting<unknown> = settings[name]
  if (value === undefined || secret) return []
  if (onOff) return [flagOf(name)]
  return [value].flat().map(each => `${flagOf(name)} ${quote(String(each))}`)
}

/** Quoted as one word for a shell. */
const quote = (word: string): string => (/^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
