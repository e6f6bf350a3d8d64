import { Command } from 'commander'
import type { Flags } from '../config/read-settings.js'
import type { SettingName } from '../config/settings.js'
import type { CommandContext } from './context.js'
import { givenOptions } from './given-options.js'
import { settingOptions } from './help.js'

export const addHealthcheck = (root: Command, context: CommandContext, exit: (code: number) => void): void => {
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
