import { Command, CommanderError } from 'commander'
import { isError } from '../base/node-globals.js'
import { choice, UserError } from '../base/user-error.js'
import { escaping } from '../log/log.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { addClient, addCompletion, addInit, addProducts, addScenarioCommands } from './file-commands.js'
import { addHealthcheck } from './healthcheck-command.js'
import { helpFooter, outputOf } from './help.js'
import { addExec, addGrill, type ProgramContext } from './running-commands.js'
import { addServe, addShow } from './serving-commands.js'
import { addVerifyReal } from './verify-command.js'

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
