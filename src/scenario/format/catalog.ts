import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { choice, nearest, UserError } from '../../base/user-error.js'
import type { Product } from '../../product/product.js'
import type { ParsedScenario } from '../scenario.js'
import type { ScenarioReader } from './parse.js'
import { prebuiltScenario } from './prebuilt.js'
import { isText, readSource, type Source } from './source.js'

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
  async find(said: string): Promise<ParsedScenario> {
    return prebuiltScenario(said, this.products) ?? this.read(await this.source(said))
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
  async file(said: string): Promise<string | undefined> {
    if (isText(said)) return undefined
    return (await this.names()).includes(said) ? join(this.folder, `${said}.yaml`) : said
  }

  /** The text of a scenario, by the same argument. Throws a UserError with the available names. */
  async source(said: string): Promise<Source> {
    if (isText(said)) return { name: 'scenario', text: said }
    const names = await this.names()
    const source = names.includes(said)
      ? await readSource(join(this.folder, `${said}.yaml`), `scenarios/${said}.yaml`)
      : await readSource(said)
    if (source) return source
    const beside = shippedNear(said, names) === undefined ? await fileBeside(said) : undefined
    if (beside !== undefined) throw new UserError(`there is no file "${said}"; did you mean ${beside}?`)
    throw new UserError(`there is no file "${said}", and no scenario is shipped by that name${hint(said, names)}`)
  }
}

/** A scenario in the same folder with a similar name. */
const fileBeside = async (said: string): Promise<string | undefined> => {
  if (!isScenario(said)) return undefined
  const files = await readdir(dirname(said)).catch(() => [])
  const meant = nearest(basename(said), files.filter(isScenario))
  return meant === undefined ? undefined : join(dirname(said), meant)
}

const isScenario = (file: string): boolean => /\.(?:ya?ml|json)$/i.test(file)

const shippedNear = (said: string, names: readonly string[]): string | undefined =>
  nearest(basename(said).replace(/\.(?:ya?ml|json)$/i, ''), names)

const hint = (said: string, names: readonly string[]): string => {
  const meant = shippedNear(said, names)
  return meant === undefined ? `; shipped are ${choice(names, 'and')}` : `; did you mean ${meant}?`
}
