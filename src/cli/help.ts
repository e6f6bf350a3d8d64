import { type Command, Help, type HelpConfiguration, Option, type OutputConfiguration } from 'commander'
import { type Setting, settingGroups } from '../config/setting.js'
import { fallbackOf, flagOf, type SettingName, settingNames, settings } from '../config/settings.js'
import type { Output } from '../log/log.js'
import type { Product } from '../product/product.js'
import { exitCodesInWords } from './exit-codes.js'

/**
 * The settings as options with their group headings. `fallbacks`: other defaults than those of the settings. They have no commander defaults, so that only given flags are passed on.
 */
export const settingOptions = (fallbacks: Readonly<Partial<Record<SettingName, string>>> = {}): Option[] =>
  settingGroups.flatMap(heading =>
    settingNames
      .filter(name => settings[name].group === heading)
      .map(name => {
        const { placeholder, help, repeatable }: Setting<unknown> = settings[name]
        const option = new Option(
          `${flagOf(name)} ${placeholder}`.trim(),
          `${help} (default: ${fallbacks[name] ?? fallbackOf(name)})`
        )
        if (repeatable) option.argParser((value, before: string[] = []) => [...before, value])
        return option.helpGroup(`${heading}:`)
      })
  )

/** The help of the program shows the options of the default command, too. */
export const withOptionsOf = (chosen: Command, root: Command): HelpConfiguration => {
  const plain = new Help()
  return {
    visibleOptions: command => [...plain.visibleOptions(command), ...(command === root ? chosen.options : [])]
  }
}

/** Writes to these streams, and each error in one line. */
export const outputOf = ({ stdout, stderr }: { stdout: Output; stderr: Output }): OutputConfiguration => ({
  writeOut: text => stdout.write(text),
  writeErr: text => stderr.write(text),
  outputError: (text, write) => write(`session-mock: ${oneLine(text)}\n`),
  getOutHelpWidth: () => stdout.columns ?? 80,
  getErrHelpWidth: () => stderr.columns ?? 80
})

const oneLine = (text: string): string =>
  text
    .trim()
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\)$/, '; did you mean $1')

/** The text below the help of the program. */
export const helpFooter = (products: readonly Product[]): string => `
Every flag has an environment variable: SESSION_MOCK_LOG_LEVEL for --log-level.
Flags take precedence over variables; an empty variable is unset. PORT is the
fallback for SESSION_MOCK_PORT. --listen, --tls-names, --products and --fidelity
take several values: separated by commas, or in repeated flags.

Products:    ${products.map(({ name }) => name).join(', ')}
Exit codes:  ${exitCodesInWords}
`
