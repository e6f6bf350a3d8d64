import { Command, CommanderError, Help, type HelpConfiguration, Option, type OutputConfiguration } from 'commander'
import { choice, nearest, UserError } from '../base/errors.js'
import { isError } from '../base/node-globals.js'
import { isKeyOf } from '../base/own-keys.js'
import { type CheckedSettings, checkSettings, type Flags } from '../config/read-settings.js'
import { type Setting, settingGroups } from '../config/setting.js'
import { fallbackOf, flagOf, type SettingName, settingNames, settings } from '../config/settings.js'
import { redactedWords } from '../journal/redactor.js'
import { fidelities, type Product } from '../product/product.js'
import { escaping, type Output } from '../run/log.js'
import {
  type CommandContext,
  exitCodes,
  exitCodesInWords,
  givenOptions,
  repeatable,
  unknownOptions
} from './command-context.js'
import type { GrillFlags } from './command-options.js'
import { withFreePort } from './start-server.js'

/** Runs the command line. Resolves to the exit code, also if the command waits for something that can never come. */
export const cli = async ({ stdout, stderr, ...others }: CommandContext): Promise<number> => {
  const context = { ...others, stdout: escaping(stdout), stderr: escaping(stderr) }
  const stalled = watchStall(context)
  try {
    return await Promise.race([runCommand(context), stalled.code])
  } finally {
    stalled.end()
  }
}

/** Without this, Node ends with 0 when nothing is left to wait for, as if the command had succeeded. */
const watchStall = ({ onIdle, stderr }: CommandContext) => {
  let end = () => {}
  const code = new Promise<number>(resolve => {
    end =
      onIdle?.(() => {
        stderr.write(
          'session-mock: this is a bug in session-mock: the command has no result, and nothing is left to wait for\n'
        )
        resolve(exitCodes.bug)
      }) ?? end
  })
  return { code, end: () => end() }
}

const runCommand = async (context: CommandContext): Promise<number> => {
  const state: { code: number } = { code: exitCodes.stopped }
  try {
    const { argv, words } = splitWords(context.argv)
    await createProgram({ ...context, words }, code => {
      state.code = code
    }).parseAsync(argv, { from: 'user' })
    return state.code
  } catch (error) {
    return reportError(error, context)
  }
}

/** Splits our own arguments from the command of `exec` and `grill` after the first `--`. */
const splitWords = (
  argv: readonly string[]
): { readonly argv: readonly string[]; readonly words: readonly string[] } => {
  const at = argv.indexOf('--')
  if (at < 0 || !['exec', 'grill'].includes(argv[0] ?? '')) return { argv, words: [] }
  return { argv: argv.slice(0, at), words: argv.slice(at + 1) }
}

/** Reports an error; commander has already reported its own. */
const reportError = (error: unknown, { stderr }: CommandContext): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.stopped : exitCodes.mistake
  if (error instanceof UserError) {
    for (const line of error.message.split('\n')) stderr.write(`session-mock: ${line}\n`)
    return exitCodes.mistake
  }
  stderr.write(`session-mock: this is a bug in session-mock: ${isError(error) ? error.stack : error}\n`)
  return exitCodes.bug
}

/** The commands that stop at a signal by themselves. */
const handlesSignals = ['serve', 'exec', 'grill', 'show', 'verify-real']

const createProgram = (context: ProgramContext, exit: (code: number) => void): Command => {
  const { version, products } = context
  const titles = products.map(({ title }) => title)
  const root = new Command('session-mock')
    .description(`A test double for the session APIs of ${choice(titles, 'and')}.`)
    .usage('[command] [options]')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput(outputOf(context))
    .addHelpText('after', helpFooter(products))
    .hook('preAction', (_root, command) => {
      if (!handlesSignals.includes(command.name())) context.endBySignals?.()
    })
  addServe(root, context, exit)
  addExec(root, context, exit)
  addGrill(root, context, exit)
  addShow(root, context, exit)
  addVerifyReal(root, context, exit)
  addHealthcheck(root, context, exit)
  addProducts(root, context)
  addScenarioCommands(root, context, exit)
  addInit(root, context, exit)
  addCompletion(root, context)
  addClient(root, context)
  return root
}

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

export const addServe = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  const { env, products } = context
  const serve = root
    .command('serve', { isDefault: true })
    .description('serve the products (the default command)')
    .usage('[options]')
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (_flags: Flags, { args: [word] }: Command) => {
      if (word !== undefined && !word.startsWith('-')) throw unknownCommand(word, root)
      const { serveCommand } = await import('./serve.js')
      const { settings, problems } = checkSettings(givenOptions(serve), env, { products })
      exit(await serveCommand({ settings, problems: [...unknownOptions(serve), ...problems] }, context))
    })
  for (const option of settingOptions()) serve.addOption(option)
  root.configureHelp(withOptionsOf(serve, root))
}

const unknownCommand = (word: string, root: Command): UserError => {
  const suggestion = nearest(
    word,
    root.commands.map(command => command.name())
  )
  return new UserError(`unknown command '${word}'${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`)
}

export const addShow = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  const show = root
    .command('show')
    .argument('<file>', 'run.json that --report wrote, or its folder')
    .description('serve the dashboard of a saved run, read-only')
    .option('--port <number>', 'port; 0 selects a free port (default: a free port)')
    .option('--host <address>', 'address to listen on (default: localhost)')
    .action(async (file: string) =>
      exit(await (await import('./show.js')).showCommand(file, givenOptions(show), context))
    )
}

/** With the command of `exec` and `grill`. */
export interface ProgramContext extends CommandContext {
  readonly words: readonly string[]
}

export const addExec = (root: Command, context: ProgramContext, exit: (code: number) => void): void => {
  const exec = root
    .command('exec')
    .description('run a command with a server on a free port, and exit with its code')
    .usage('[options] -- COMMAND [ARGUMENT...]')
    .option('--space <name>', 'space of the product URLs')
    .option('--env <NAME=TEMPLATE>', 'additional variable for the command, such as CBRAIN_URL={cbrain}', repeatable)
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async () => {
      const { execCommand } = await import('./exec.js')
      const { space, env, ...flags }: ExecFlags = givenOptions(exec)
      const checked = checkedSettings(exec, flags, context)
      exit(await execCommand(checked, { words: context.words, space, env }, context))
    })
  for (const option of settingOptions(freePort)) exec.addOption(option)
}

export const addGrill = (root: Command, context: ProgramContext, exit: (code: number) => void): void => {
  const grill = root
    .command('grill')
    .description('run a command once per session fault, and report how it reacts')
    .usage('[options] -- COMMAND [ARGUMENT...]')
    .option('--plan', 'print the cases without running them')
    .option('--only <words>', 'only the cases of these faults, operations or calls', repeatable)
    .option('--product <names>', 'only the cases of these products', repeatable)
    .option('--jobs <number>', 'cases run at the same time (default: one per processor)')
    .option('--timeout <duration>', 'maximum duration of a run (default: 30s)')
    .option('--max <number>', 'maximum number of cases, selected by the seed (default: 500)')
    .option('--seed <text>', 'seed of that selection (default: seed of the scenario)')
    .option('--retries <number>', 'allowed retries per call (default: 5)')
    .option('--allow <names>', 'ignored misbehaviour, such as "needless re-login"', repeatable)
    .option('--accept <file>', 'earlier grill.json with known findings')
    .option('--env <NAME=TEMPLATE>', 'additional variable for the command, such as CBRAIN_URL={cbrain}', repeatable)
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async () => {
      const { grillCommand } = await import('./grill-command.js')
      const options: Flags & GrillFlags = givenOptions(grill)
      const flags: Flags = Object.fromEntries(Object.entries(options).filter(([name]) => isKeyOf(settings, name)))
      const checked = checkedSettings(grill, flags, context)
      exit(await grillCommand(checked, { words: context.words, flags, options }, context))
    })
  for (const option of settingOptions(freePort)) grill.addOption(option)
}

/** The default that `withFreePort` sets. */
const freePort = { port: 'a free port' }

/** Throws a UserError for words before the two hyphens. */
const checkedSettings = (command: Command, flags: Flags, context: ProgramContext): CheckedSettings => {
  const [word] = command.args
  if (word !== undefined && !word.startsWith('-')) throw new UserError(missingHyphens(command.name(), command.args))
  const { settings, problems } = checkSettings(withFreePort(flags, context.env), context.env, context)
  return { settings, problems: [...unknownOptions(command), ...problems] }
}

type ExecFlags = Flags & { readonly space?: string; readonly env?: readonly string[] }

const missingHyphens = (name: string, args: readonly string[]): string =>
  `unexpected "${args[0]}": write the command after two hyphens, as in session-mock ${name} -- ${redactedWords(args).join(' ')}`

const jsonHelp = 'print JSON, for programs'

interface Json {
  readonly json?: true
}

export const addScenarioCommands = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  root
    .command('scenarios')
    .description('list the shipped scenarios')
    .option('--json', jsonHelp)
    .action(async (options: Json) =>
      exit(await (await import('./scenario-commands.js')).scenariosCommand(context, options.json))
    )
  root
    .command('validate')
    .argument('<file...>', 'scenario files, or names of shipped scenarios')
    .description('check scenarios and report all errors')
    .option('--json', jsonHelp)
    .action(async (files: string[], options: Json) =>
      exit(await (await import('./scenario-commands.js')).validateCommand(files, context, options.json))
    )
  root
    .command('explain')
    .argument('<file>', 'scenario file, or name of a shipped scenario')
    .description('describe a scenario in English')
    .action(async (file: string) => exit(await (await import('./scenario-commands.js')).explainCommand(file, context)))
  root
    .command('schema')
    .description('print the JSON Schema of scenarios')
    .action(async () => exit(await (await import('./scenario-commands.js')).schemaCommand(context)))
}

export const addInit = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  root
    .command('init')
    .argument('[file]', 'the file to write', 'scenario.yaml')
    .description('write a starter scenario and its schema; existing files are kept')
    .action(async (file: string) => exit(await (await import('./init.js')).initCommand(file, context)))
}

export const addProducts = (root: Command, { products, stdout }: CommandContext): void => {
  root
    .command('products')
    .description('list products, operations, methods and paths')
    .option('--json', jsonHelp)
    .action(async ({ json }: Json) => {
      const { productTable, productsAsJson } = await import('./product-table.js')
      stdout.write(json ? productsAsJson(products) : productTable(products))
    })
}

export const addCompletion = (root: Command, { stdout, products }: CommandContext): void => {
  root
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a shell completion script')
    .action(async (shell: string) => {
      const { completionFor } = await import('./completion.js')
      stdout.write(completionFor(shell, root, products))
    })
}

export const addClient = (root: Command, { stdout, clients }: CommandContext): void => {
  root
    .command('client')
    .argument('<language>', 'python')
    .description('print the client library for another language: one file, no dependencies')
    .action(async (language: string) => {
      const { clientFor } = await import('./print-client.js')
      stdout.write(await clientFor(language, clients))
    })
}

export const addHealthcheck = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  const check = root
    .command('healthcheck')
    .description('check the server with the same settings: exit code 0 if healthy, 1 if not, 2 for an invalid setting')
    .usage('[options]')
    .option('--wait <duration>', 'retry for at most this long, such as 30s')
    .action(async () => {
      const [{ healthcheckCommand }, { systemClock }] = await Promise.all([
        import('./healthcheck.js'),
        import('../session/clock.js')
      ])
      const { wait, ...flags }: Flags & { readonly wait?: string } = givenOptions(check)
      exit(await healthcheckCommand({ ...serverFlags(context), ...flags }, context, systemClock, wait))
    })
  // It accepts all settings, so that the flags of the server can be passed unchanged.
  for (const option of settingOptions())
    check.addOption(addressSettings.includes(option.attributeName()) ? option : option.hideHelp())
}

/** The flags of the server in this container, which its health check does not receive. */
const serverFlags = ({ serverArguments }: CommandContext): Flags => {
  const serve = new Command().allowExcessArguments().allowUnknownOption().exitOverride()
  for (const option of settingOptions()) serve.addOption(option)
  return givenOptions(serve.parse(serverArguments?.() ?? [], { from: 'user' }))
}

/** The settings of the address of a server. */
const addressSettings: readonly string[] = ['port', 'host', 'adminPort'] satisfies SettingName[]

export const addVerifyReal = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
  const verify = root
    .command('verify-real')
    .argument('<product>', context.products.map(({ name }) => name).join(', '))
    .description('send the cases of a product to a real server and the mock, and compare')
    .usage('[options] <product>')
    .option('--url <url>', 'address of the server: scheme, host and port')
    .option('--login <login>', 'login of an account of the server')
    .option('--password-env <variable>', 'environment variable with the password')
    .option(
      '--product-option <name=value>',
      'option of the account, such as account_number=…; env:NAME reads a variable',
      repeatable
    )
    .addOption(fidelityOption())
    .option('--dry-run', 'print the requests without sending them')
    .option('--pause <duration>', 'pause between requests (default: 1s)')
    .option('--timeout <duration>', 'maximum duration of a response (default: 30s)')
    .option('--no-wrong-password', 'send no wrong password (default: one)')
    .option('--wait-expiry', 'wait until an idle session ends')
    .option('--ca <file>', 'certificate of the authority of the server in PEM')
    .option('--insecure', 'accept any certificate')
    .option('--overlay <file>', 'overlay of the mock', repeatable)
    .option('--save <file>', 'write an overlay with the differences of the server')
    .option('--record <file>', 'save the responses of the server, without secrets')
    .option('--against <file>', 'compare with a file of --record instead of a server')
    .option('--har <file>', 'compare with the requests of a HAR instead of a server')
    .option('--report <folder>', 'write verify-real.json, verify-real.junit.xml and verify-real.md')
    .action(async (name: string) => {
      const { verifyRealCommand } = await import('./verify.js')
      exit(await verifyRealCommand(name, givenOptions(verify), context))
    })
}

const fidelityOption = (): Option =>
  new Option('--fidelity <word>', `fidelity of the mock: ${fidelities.join(' or ')} (default: documented)`)
