import type { Command } from 'commander'
import type { CommandContext } from './context.js'

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
      const { clientFor } = await import('./client.js')
      stdout.write(await clientFor(language, clients))
    })
}
