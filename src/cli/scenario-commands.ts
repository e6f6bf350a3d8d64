import { UserError } from '../base/errors.js'
import type { Product } from '../product/product.js'
import { effects } from '../scenario/engine/effects.js'
import { ScenarioCatalog } from '../scenario/format/catalog.js'
import { type DescribeRefusal, explain } from '../scenario/format/explain.js'
import { scenarioSchema } from '../scenario/format/schema.js'
import type { Scenario } from '../scenario/scenario.js'
import { formatIssue, type LocatedIssue, ScenarioError } from '../scenario/validation-issue.js'
import { demo } from '../session/accounts.js'
import { type CommandContext, exitCodes } from './command-context.js'

/** The catalog of the shipped scenarios, for the products of this command. */
export const catalogOf = ({ scenarios, products }: Pick<CommandContext, 'scenarios' | 'products'>): ScenarioCatalog =>
  new ScenarioCatalog(scenarios, products)

/** The result of a validation. */
interface Validation {
  readonly file: string
  readonly ok: boolean
  readonly title?: string
  readonly errors: readonly Finding[]
  readonly warnings: readonly Finding[]
}

/** A message, with its place if known: file, line, column, path. */
type Finding = Partial<LocatedIssue> & { readonly message: string }

/** Validates files: `ok` on stdout, errors on stderr; with `json` everything on stdout. Resolves to the exit code. */
export const validateCommand = async (
  files: readonly string[],
  context: CommandContext,
  json = false
): Promise<number> => {
  const catalog = catalogOf(context)
  const results: Validation[] = []
  for (const file of files) {
    const result = await validate(file, catalog)
    results.push(result)
    if (!json) printValidation(result, context)
  }
  if (json) context.stdout.write(`${JSON.stringify({ scenarios: results }, undefined, 2)}\n`)
  return results.every(({ ok }) => ok) ? exitCodes.stopped : exitCodes.mistake
}

const validate = async (file: string, catalog: ScenarioCatalog): Promise<Validation> => {
  try {
    const { scenario, warnings } = await catalog.read(await catalog.source(file))
    return { file, ok: true, title: scenario.title, errors: [], warnings }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const errors = error instanceof ScenarioError ? error.issues : [{ message: error.message }]
    return { file, ok: false, errors, warnings: [] }
  }
}

const printValidation = ({ file, ok, errors, warnings }: Validation, { stdout, stderr }: CommandContext): void => {
  for (const warning of warnings) stderr.write(`${lineOf(warning)} (a warning)\n`)
  for (const error of errors) stderr.write(`${lineOf(error)}\n`)
  if (ok) stdout.write(`${file}: ok\n`)
}

const lineOf = ({ message, file, line = 1, column = 1, path = '' }: Finding): string =>
  file === undefined ? message : formatIssue({ file, line, column, path, message })

/** Prints a description of a scenario in English. */
export const explainCommand = async (file: string, context: CommandContext): Promise<number> => {
  const catalog = catalogOf(context)
  const { scenario } = await catalog.read(await catalog.source(file))
  context.stdout.write(explain(scenario, await refusalsOf(scenario, context.products)))
  return exitCodes.stopped
}

/** Describes the failures of rules by the responses of the products to a request with such a failure. */
const refusalsOf = async (scenario: Scenario, products: readonly Product[]): Promise<DescribeRefusal> => {
  const { createMock } = await import('../verify/mock-transport.js')
  const responses = new Map<string, string>()
  for (const product of products) {
    const { fidelity = 'documented' } = scenario.products[product.name] ?? {}
    const mock = createMock({ product, fidelity, account: demo, secure: false })
    for (const { name, routes } of product.operations)
      for (const failure of failuresOf(scenario, `${product.name}.${name}`)) {
        const [method = 'GET', target = '/'] = routes[0] ?? []
        const request = { method, target, headers: { prefer: `fail=${failure}` }, body: undefined }
        const { status, body } = await mock.send(request)
        const code = product.errorCode?.(body)
        responses.set(`${product.name}.${name} ${failure}`, `${status}${code === undefined ? '' : `, ${code}`}`)
      }
  }
  return ({ on }, failure) => {
    const byProduct = products.flatMap(({ name, operations }) => {
      const own = operations.flatMap(operation =>
        on.has(`${name}.${operation.name}`) ? (responses.get(`${name}.${operation.name} ${failure}`) ?? []) : []
      )
      return own.length === 0 ? [] : [{ name, text: [...new Set(own)].join(' or ') }]
    })
    const [first] = byProduct
    return byProduct.length === 1 && first
      ? first.text
      : byProduct.map(({ name, text }) => `${name} ${text}`).join('; ')
  }
}

/** The failures of the rules of an operation. */
const failuresOf = ({ rules }: Scenario, operation: string): Set<string> =>
  new Set(
    rules
      .filter(({ on }) => on.has(operation))
      .flatMap(({ steps }) => steps.flatMap(({ effect, value }) => (effect === effects.fail ? [String(value)] : [])))
  )

/** Prints the JSON Schema of scenarios. */
export const schemaCommand = async ({ products, stdout }: CommandContext): Promise<number> => {
  stdout.write(`${JSON.stringify(scenarioSchema(products), undefined, 2)}\n`)
  return exitCodes.stopped
}

/** Prints the names and titles of the shipped scenarios. */
export const scenariosCommand = async (context: CommandContext, json = false): Promise<number> => {
  const catalog = catalogOf(context)
  const names = await catalog.names()
  const scenarios = await Promise.all(
    names.map(async name => ({ name, title: (await catalog.read(await catalog.source(name))).scenario.title }))
  )
  const width = Math.max(...names.map(name => name.length))
  const lines = scenarios.map(({ name, title }) => `${name.padEnd(width)}  ${title}\n`)
  context.stdout.write(json ? `${JSON.stringify({ scenarios }, undefined, 2)}\n` : lines.join(''))
  return exitCodes.stopped
}
