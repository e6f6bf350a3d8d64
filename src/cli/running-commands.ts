import type { Command } from 'commander'
import { isKeyOf } from '../base/own-keys.js'
import { UserError } from '../base/user-error.js'
import { type CheckedSettings, checkSettings, type Flags } from '../config/read-settings.js'
import { settings } from '../config/settings.js'
import { redactedWords } from '../journal/redaction.js'
import type { CommandContext } from './context.js'
import { givenOptions, repeatable, unknownOptions } from './given-options.js'
import type { GrillFlags } from './grill-options.js'
import { settingOptions } from './help.js'
import { withFreePort } from './ports.js'

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
      const { grillCommand } = await import('./grill.js')
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
