// Writes what no client should to the built command, and looks for what no server may do.
import { inspect } from 'node:util'
import fc from 'fast-check'
import { type Batch, batches, piecesOf } from './batch.js'
import { Finding } from './finding.js'
import { type FuzzOptions, optionsOf } from './options.js'
import { playBatch } from './play.js'
import { FuzzedServer } from './server.js'

/** How often a batch with a finding is made smaller and played again at most. */
const mostShrinks = 40
/** After so many findings there is enough to do. */
const mostFindings = 20

interface Found {
  readonly finding: Finding
  readonly seed: number
  readonly path: string
  readonly batch: Batch
}

const main = async (options: FuzzOptions): Promise<number> => {
  const began = performance.now()
  const left = () => options.seconds * 1000 - (performance.now() - began)
  console.log(`seed ${options.seed}, ${options.seconds} s`)
  const fuzzer = new Fuzzer(options)
  let seed = options.seed
  let path = options.path
  while (left() > 0 && fuzzer.found.length < mostFindings) {
    await fuzzer.round(seed, path, left())
    if (path !== undefined) break
    seed += 1
    path = undefined
  }
  await fuzzer.end()
  for (const found of fuzzer.found) report(found, options)
  console.log(`${fuzzer.written} requests written in ${fuzzer.batches} batches, ${fuzzer.found.length} findings`)
  return fuzzer.found.length === 0 ? 0 : 1
}

class Fuzzer {
  written = 0
  batches = 0
  readonly found: Found[] = []
  readonly #known = new Set<string>()
  #server: FuzzedServer | undefined

  constructor(private readonly options: FuzzOptions) {}

  /** Plays batches of one seed until there is a new finding or the time is over. */
  async round(seed: number, path: string | undefined, ms: number): Promise<void> {
    let first: Finding | undefined
    let shrinks = 0
    const property = fc.asyncProperty(batches(), async batch => {
      if (first && shrinks++ >= mostShrinks) return
      try {
        await this.#play(batch)
      } catch (error) {
        const finding = findingOf(error)
        if (this.#known.has(finding.signature) || (first && first.kind !== finding.kind)) return
        first ??= finding
        throw finding
      }
    })
    const details = await fc.check(property, {
      seed,
      ...(path !== undefined && { path }),
      numRuns: path === undefined ? 1_000_000_000 : 1,
      interruptAfterTimeLimit: ms
    })
    if (!first || !details.counterexample) return
    const finding = details.errorInstance === undefined ? first : findingOf(details.errorInstance)
    this.#known.add(first.signature).add(finding.signature)
    const [batch] = details.counterexample
    this.found.push({ finding, seed, path: details.counterexamplePath ?? '', batch })
    console.log(`found: ${finding.message.slice(0, 200)}`)
  }

  async end(): Promise<void> {
    await this.#server?.end()
    this.#server = undefined
  }

  async #play(batch: Batch, again = false): Promise<void> {
    this.#server ??= await FuzzedServer.start(this.options.log)
    try {
      this.written += await playBatch(this.#server, batch)
      this.batches += 1
    } catch (error) {
      // The next batch begins with a server that nothing has happened to.
      await this.end()
      // A busy machine stalls too: what is the server's own fault happens twice.
      if (again || !(error instanceof Finding && error.kind === 'a stall')) throw error
      await this.#play(batch, true)
    }
  }
}

const findingOf = (error: unknown): Finding => {
  if (error instanceof Finding) return error
  throw error
}

const report = ({ finding, seed, path, batch }: Found, { log }: FuzzOptions): void => {
  console.log(`\n# ${finding.message}`)
  console.log(`npm run fuzz -- --seed ${seed} --path ${path}${log === 'json' ? '' : ` --log ${log}`}`)
  for (const talk of batch.talks)
    console.log(
      `${talk.ending}: ${piecesOf(talk)
        .map(piece => inspect(piece, { maxStringLength: 600 }))
        .join(' + ')}`
    )
  if (batch.lifecycle.length > 0) console.log(`then ${JSON.stringify(batch.lifecycle)}`)
}

main(optionsOf(process.argv.slice(2))).then(
  code => process.exit(code),
  error => {
    console.error(error)
    process.exit(2)
  }
)
