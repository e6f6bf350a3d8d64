import { settingOf } from '../setting.js'
import { path } from '../values/texts.js'
import { oneOf } from '../values/words.js'

const setting = settingOf('Log')

export const logSettings = {
  log: setting({
    placeholder: '<form>',
    fallback: 'auto' as const,
    help: 'Log format: "pretty" or "json"; "auto" prints the start-up table as text, then "pretty" on a terminal and "json" elsewhere',
    parse: oneOf('auto', 'pretty', 'json')
  }),
  logLevel: setting({
    placeholder: '<level>',
    fallback: 'info' as const,
    help: 'Minimum log level: trace, debug, info, warn, error, fatal or silent',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
  }),
  logFile: setting<string | undefined>({
    placeholder: '<file>',
    fallback: undefined,
    fallbackWords: 'standard output; with exec standard error',
    commandOnly: true,
    help: 'File to append the log to',
    parse: path
  })
}
