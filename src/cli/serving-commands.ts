import type { Command } from 'commander'
import { nearest, UserError } from '../base/user-error.js'
import { checkSettings, type Flags } from '../config/read-settings.js'
import type { CommandContext } from './context.js'
import { givenOptions, unknownOptions } from './given-options.js'
import { settingOptions, withOptionsOf } from './help.js'

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
