import { Command, CommanderError } from 'commander'
import { choice, nearest, UserError } from '../base/user-error.js'
import { checkSettings, type Flags } from '../config/read-settings.js'
import type { SettingName } from '../config/settings.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { given } from './given.js'
import { helpFooter, outputOf, settingOptions, withOptionsOf } from './help.js'
import { addExec, addGrill, type ProgramContext } from './running-commands.js'
import { addVerifyReal } from './verify-command.js'

/** Runs the command line. Resolves to the exit code. */
export const cli = async (outside: CommandContext): Promise<number> => {
  const state: { code: number } = { code: exitCodes.stopped }
  try {
    const { argv, words } = splitWords(outside.argv)
    await program({ ...outside, words }, code => {
      state.code = code
    }).parseAsync(argv, { from: 'user' })
    return state.code
  } catch (error) {
    return failed(error, outside)
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
const failed = (error: unknown, { stderr }: CommandContext): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.stopped : exitCodes.mistake
  if (error instanceof UserError) {
    for (const line of error.message.split('\n')) stderr.write(`session-mock: ${line}\n`)
    return exitCodes.mistake
  }
  stderr.write(`session-mock: this is a bug in session-mock: ${error instanceof Error ? error.stack : error}\n`)
  return exitCodes.bug
}

const program = (outside: ProgramContext, exit: (code: number) => void): Command => {
  const { version, products } = outside
  const titles = products.map(({ title }) => title)
  const root = new Command('session-mock')
    .description(`A test double for the session APIs of ${choice(titles, 'and')}.`)
    .usage('[command] [options]')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .exitOverride()
    .configureOutput(outputOf(outside))
    .addHelpText('after', helpFooter(products))
  addServe(root, outside, exit)
  addExec(root, outside, exit)
  addGrill(root, outside, exit)
  addShow(root, outside, exit)
  addVerifyReal(root, outside, exit)
  addHealthcheck(root, outside, exit)
  addProducts(root, outside)
  addScenarioCommands(root, outside, exit)
  addInit(root, outside, exit)
  addCompletion(root, outside)
  addClient(root, outside)
  return root
}

const addServe = (root: Command, outside: CommandContext, exit: (code: number) => void): void => {
  const { env, products } = outside
  const serve = root
    .command('serve', { isDefault: true })
    .description('serve the products (the default command)')
    .usage('[options]')
    .allowExcessArguments()
    .action(async (_flags: Flags, { args: [word] }: Command) => {
      if (word !== undefined) throw unknownCommand(word, root)
      const { serveCommand } = await import('./serve.js')
      exit(await serveCommand(checkSettings(given(serve), env, { products }), outside))
    })
  for (const option of settingOptions()) serve.addOption(option)
  root.configureHelp(withOptionsOf(serve, root))
}

const addShow = (root: Command, outside: CommandContext, exit: (code: number) => void): void => {
  const show = root
    .command('show')
    .argument('<file>', 'run.json that --report wrote, or its folder')
    .description('serve the dashboard of a saved run, read-only')
    .option('--port <number>', 'port; 0 picks a free port (default: a free port)')
    .option('--host <address>', 'address to listen on (default: localhost)')
    .action(async (file: string) =>
      exit(await (await import('./show.js')).showCommand(file, given(show) as Flags, outside))
    )
}

const addHealthcheck = (root: Command, outside: CommandContext, exit: (code: number) => void): void => {
  const check = root
    .command('healthcheck')
    .description('check the server with the same settings: exit code 0 if healthy, 1 if not, 2 for an invalid setting')
    .usage('[options]')
    .option('--wait <duration>', 'retry for at most this long, such as 30s')
    .action(async () => {
      const [{ healthcheckCommand }, { systemClock }] = await Promise.all([
        import('./healthcheck.js'),
        import('../state/clock.js')
      ])
      const { wait, ...flags } = given(check) as Flags & { readonly wait?: string }
      exit(await healthcheckCommand({ ...serverFlags(outside), ...flags }, outside, systemClock, wait))
    })
  // It accepts all settings, so that the flags of the server can be passed unchanged.
  for (const option of settingOptions())
    check.addOption(asked.includes(option.attributeName()) ? option : option.hideHelp())
}

/** The flags of the server in this container, which its health check does not receive. */
const serverFlags = ({ serverArguments }: CommandContext): Flags => {
  const serve = new Command().allowExcessArguments().allowUnknownOption().exitOverride()
  for (const option of settingOptions()) serve.addOption(option)
  return given(serve.parse(serverArguments?.() ?? [], { from: 'user' }))
}

/** The settings of the address of a server. */
const asked: readonly string[] = ['port', 'host', 'adminPort'] satisfies SettingName[]

const jsonHelp = 'print JSON, for programs'

interface Json {
  readonly json?: true
}

const addScenarioCommands = (root: Command, outside: CommandContext, exit: (code: number) => void): void => {
  root
    .command('scenarios')
    .description('list the shipped scenarios')
    .option('--json', jsonHelp)
    .action(async (options: Json) =>
      exit(await (await import('./scenario-commands.js')).scenariosCommand(outside, options.json))
    )
  root
    .command('validate')
    .argument('<file...>', 'scenario files, or names of shipped scenarios')
    .description('check scenarios and report all errors')
    .option('--json', jsonHelp)
    .action(async (files: string[], options: Json) =>
      exit(await (await import('./scenario-commands.js')).validateCommand(files, outside, options.json))
    )
  root
    .command('explain')
    .argument('<file>', 'scenario file, or name of a shipped scenario')
    .description('describe a scenario in English')
    .action(async (file: string) => exit(await (await import('./scenario-commands.js')).explainCommand(file, outside)))
  root
    .command('schema')
    .description('print the JSON Schema of scenarios')
    .action(async () => exit(await (await import('./scenario-commands.js')).schemaCommand(outside)))
}

const addInit = (root: Command, outside: CommandContext, exit: (code: number) => void): void => {
  root
    .command('init')
    .argument('[file]', 'the file to write', 'scenario.yaml')
    .description('write a starter scenario and its schema; existing files are kept')
    .action(async (file: string) => exit(await (await import('./init.js')).initCommand(file, outside)))
}

const addCompletion = (root: Command, { stdout, products }: CommandContext): void => {
  root
    .command('completion')
    .argument('<shell>', 'bash, zsh or fish')
    .description('print a shell completion script')
    .action(async (shell: string) => {
      const { completionFor } = await import('./completion.js')
      stdout.write(completionFor(shell, root, products))
    })
}

const addClient = (root: Command, { stdout, clients }: CommandContext): void => {
  root
    .command('client')
    .argument('<language>', 'python')
    .description('print the client library for another language: one file, no dependencies')
    .action(async (language: string) => {
      const { clientFor } = await import('./client.js')
      stdout.write(await clientFor(language, clients))
    })
}

const addProducts = (root: Command, { products, stdout }: CommandContext): void => {
  root
    .command('products')
    .description('list products, operations, methods and paths')
    .option('--json', jsonHelp)
    .action(async ({ json }: Json) => {
      const { productTable, productsAsJson } = await import('./product-table.js')
      stdout.write(json ? productsAsJson(products) : productTable(products))
    })
}

const unknownCommand = (word: string, root: Command): UserError => {
  const meant = nearest(
    word,
    root.commands.map(command => command.name())
  )
  return new UserError(`unknown command '${word}'${meant === undefined ? '' : `; did you mean ${meant}?`}`)
}
