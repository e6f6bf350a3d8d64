import { type Command, Option } from 'commander'
import { fidelities } from '../product/product.js'
import type { CommandContext } from './context.js'
import { givenOptions, repeatable } from './given-options.js'

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
      const { verifyRealCommand } = await import('./verify-real.js')
      exit(await verifyRealCommand(name, givenOptions(verify), context))
    })
}

const fidelityOption = (): Option =>
  new Option('--fidelity <word>', `fidelity of the mock: ${fidelities.join(' or ')} (default: documented)`)
