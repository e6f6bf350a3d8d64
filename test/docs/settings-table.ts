import { type Setting, settingGroups } from '../../src/config/setting.js'
import { fallbackOf, flagOf, settingNames, settings, variableOf } from '../../src/config/settings.js'

/** The table of settings of docs/settings.md. */
export const settingsTable = (): string => {
  const rows = settingGroups.flatMap(group => settingNames.filter(name => settings[name].group === group).map(row))
  return ['| flag | variable | default | description |', '|---|---|---|---|', ...rows, ''].join('\n')
}

const row = (name: (typeof settingNames)[number]): string => {
  const { placeholder, help, alias, fallbackWords }: Setting<unknown> = settings[name]
  const variables = [variableOf(name), ...(alias ? [alias] : [])].map(code).join(', ')
  const fallback = fallbackWords === undefined ? code(fallbackOf(name)) : fallbackWords
  return cells(code(`${flagOf(name)} ${placeholder}`.trim()), variables, fallback, help.replace(/"([a-z]+)"/g, '`$1`'))
}

const code = (text: string): string => `\`${text}\``

const cells = (...texts: string[]): string => `| ${texts.map(text => text.replaceAll('|', '\\|')).join(' | ')} |`
