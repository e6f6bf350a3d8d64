import { kubernetesService, settingOf } from '../setting.js'
import { port } from '../values/numbers.js'
import { path, token } from '../values/texts.js'
import { trueOrFalse } from '../values/words.js'

const setting = settingOf('Control and reports')

export const controlSettings = {
  adminPort: setting<number | undefined>({
    placeholder: '<number>',
    fallback: undefined,
    fallbackWords: 'the port of the products',
    foreign: kubernetesService,
    help: 'Separate port for the control API, /__admin, instead of the port of the products',
    parse: port
  }),
  adminToken: setting<string | undefined>({
    placeholder: '<text>',
    fallback: undefined,
    fallbackWords: 'none required',
    help: 'Bearer token required by the control API',
    secret: true,
    parse: token
  }),
  dashboard: setting({
    placeholder: '',
    fallback: true,
    fallbackWords: 'served',
    onOff: true,
    help: 'Disable the dashboard, the page at /__admin/',
    parse: trueOrFalse
  }),
  showSecrets: setting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'Show passwords and tokens in the journal, events and reports',
    parse: trueOrFalse
  }),
  exitWithParent: setting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    commandOnly: true,
    help: 'Stop when the standard input closes or the parent process ends; for test runners that may be killed',
    parse: trueOrFalse
  }),
  strict: setting({
    placeholder: '',
    fallback: false,
    fallbackWords: 'off',
    onOff: true,
    help: 'At the end, print failed verdicts and rules that were never applied, and exit 4 if there are any',
    parse: trueOrFalse
  }),
  report: setting<string | undefined>({
    placeholder: '<folder>',
    fallback: undefined,
    fallbackWords: 'none',
    commandOnly: true,
    help: 'At the end, write run.json, journal.har and verdicts.junit.xml into this folder',
    parse: path
  })
}
