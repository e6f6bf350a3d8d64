import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { choice, nearest, UserError } from '../../base/errors.js'
import type { Product } from '../../product/product.js'
import type { ParsedScenario } from '../scenario.js'
import { compileScenario, type ScenarioDocument } from './compile.js'
import built from './default-scenario.json' with { type: 'json' }
import type { ScenarioReader } from './parse.js'
import { isText, keepText, readSource, type Source } from './source.js'

/** The shipped scenarios, and scenarios by path or text. The shipped ones are YAML files in one folder, named without their extension. */
export class ScenarioCatalog {
  #reader: Promise<ScenarioReader> | undefined

  constructor(
    readonly folder: string,
    readonly products: readonly Product[]
  ) {}

  async names(): Promise<string[]> {
    const files = await readdir(this.folder)
    return files
      .filter(file => file.endsWith('.yaml'))
      .map(file => basename(file, '.yaml'))
      .sort()
  }

  /** A scenario by its shipped name, a file's path, or its whole text. Throws a UserError. */
  async find(nameOrPath: string): Promise<ParsedScenario> {
    return prebuiltScenario(nameOrPath, this.products) ?? this.read(await this.source(nameOrPath))
  }

  /** The text of a shipped scenario. */
  async text(name: string): Promise<string> {
    return (await this.source(name)).text
  }

  /** Parses the text of a scenario. Throws ScenarioError. */
  async read(source: Source): Promise<ParsedScenario> {
    // The YAML parser takes longer to load than the rest of a server, and most servers start without a file.
    this.#reader ??= import('./parse.js').then(({ createScenarioReader }) => createScenarioReader(this.products))
    return (await this.#reader)(source)
  }

  /** The path of a scenario's file; undefined for a text. */
  async file(nameOrPath: string): Promise<string | undefined> {
    if (isText(nameOrPath)) return undefined
    return (await this.names()).includes(nameOrPath) ? join(this.folder, `${nameOrPath}.yaml`) : nameOrPath
  }

  /** The text of a scenario, by the same argument. Throws a UserError with the available names. */
  async source(nameOrPath: string): Promise<Source> {
    if (isText(nameOrPath)) return { name: 'scenario', text: nameOrPath }
    const names = await this.names()
    const source = names.includes(nameOrPath)
      ? await readSource(join(this.folder, `${nameOrPath}.yaml`), `scenarios/${nameOrPath}.yaml`)
      : await readSource(nameOrPath)
    if (source) return source
    const similar = similarShipped(nameOrPath, names) === undefined ? await similarFile(nameOrPath) : undefined
    if (similar !== undefined) throw new UserError(`there is no file "${nameOrPath}"; did you mean ${similar}?`)
    throw new UserError(
      `there is no file "${nameOrPath}", and no scenario is shipped by that name${suggestion(nameOrPath, names)}`
    )
  }
}

/** A scenario in the same folder with a similar name. */
const similarFile = async (nameOrPath: string): Promise<string | undefined> => {
  if (!isScenario(nameOrPath)) return undefined
  const files = await readdir(dirname(nameOrPath)).catch(() => [])
  const similar = nearest(basename(nameOrPath), files.filter(isScenario))
  return similar === undefined ? undefined : join(dirname(nameOrPath), similar)
}

const isScenario = (file: string): boolean => /\.(?:ya?ml|json)$/i.test(file)

const similarShipped = (nameOrPath: string, names: readonly string[]): string | undefined =>
  nearest(basename(nameOrPath).replace(/\.(?:ya?ml|json)$/i, ''), names)

const suggestion = (nameOrPath: string, names: readonly string[]): string => {
  const similar = similarShipped(nameOrPath, names)
  return similar === undefined ? `; shipped are ${choice(names, 'and')}` : `; did you mean ${similar}?`
}

/**
 * The default scenario, parsed and checked before the build. Its JSON comes from scenarios/default.yaml by `npm run generate`.
 */
const prebuiltScenario = (name: string, products: readonly Product[]): ParsedScenario | undefined => {
  if (name !== built.name) return undefined
  const placeOf = (index: number) => `scenarios/${name}.yaml:${built.lines[index]}`
  const scenario = compileScenario(built.draft as ScenarioDocument, `scenarios/${name}.yaml`, placeOf, products)
  keepText(scenario, { shipped: name })
  return { scenario, warnings: [] }
}
