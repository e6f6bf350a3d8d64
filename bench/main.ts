import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseDuration } from '../src/base/duration.js'
import { wrk } from './load.js'
import { measure, parts, type Run } from './measure.js'
import { below, bench, copyBuilt, imageNode, ownFolder, printed, root, runningNode } from './processes.js'
import { markdown, settingOf } from './report.js'
import { soak } from './soak.js'
import { stalls } from './stalls.js'
import { store } from './store.js'
import { isLost, targetLine, targets } from './targets.js'
import { way } from './way.js'

const main = async (args: readonly string[]): Promise<number> => {
  const options = optionsOf(args)
  const [otherWork = 0] = loadavg()
  if (options.way) return print(await way(options.files))
  if (!options.built) await printed({ program: process.execPath, args: ['build.mjs'], folder: root }, 120_000)
  const folder = await ownFolder()
  const app = await copyBuilt(folder)
  if (options.soak !== undefined) return soak(app, folder, options.soak)
  if (options.stalls) return print(await stalls(app, folder, options.rounds))
  if (options.store) return print(await store(app, folder, options.rounds))
  const skipped: string[] = []
  const run = await prepared(options, folder, app, skipped)
  const results = await measure(run)
  const wanted = targets.filter(({ part, quick }) => options.only.includes(part) && (quick || !options.quick))
  print([...wanted.map(target => targetLine(target, results)), ...skipped.map(line => `skipped: ${line}`)])
  if (options.out !== undefined) {
    await mkdir(options.out, { recursive: true })
    await writeFile(join(options.out, 'RESULTS.md'), markdown(results, await settingOf(run, skipped, otherWork)))
  }
  return options.quick && wanted.some(target => isLost(target, results)) ? 1 : 0
}

const print = (lines: readonly string[]): number => {
  for (const line of lines) console.log(line)
  return 0
}

const flags = {
  quick: { type: 'boolean', default: false },
  built: { type: 'boolean', default: false },
  way: { type: 'boolean', default: false },
  files: { type: 'boolean', default: false },
  stalls: { type: 'boolean', default: false },
  store: { type: 'boolean', default: false },
  soak: { type: 'string' },
  rounds: { type: 'string', default: '3' },
  only: { type: 'string', multiple: true },
  out: { type: 'string' }
} as const

/** Throws for an unknown flag or value. */
const optionsOf = (args: readonly string[]) => {
  const { values } = parseArgs({ args: [...args], options: flags })
  const rounds = Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not ${values.rounds}`)
  const soak = values.soak === undefined ? undefined : (parseDuration(values.soak) ?? 0)
  // Each fifth of the duration needs some samples.
  if (soak !== undefined && soak < 30_000)
    throw new Error(`--soak takes a duration of 30s or more, such as 5m, not ${values.soak}`)
  return {
    ...values,
    rounds,
    soak,
    only: (values.only ?? parts).map(part => oneOf('--only', parts, part)),
    out: values.out ?? (values.quick || values.only ? undefined : bench)
  }
}

const oneOf = <Word extends string>(flag: string, words: readonly Word[], given: string): Word => {
  const word = words.find(each => each === given)
  if (!word) throw new Error(`${flag} takes one of ${words.join(', ')}, not ${given}`)
  return word
}

const prepared = async (
  { quick: isQuick, only, rounds }: ReturnType<typeof optionsOf>,
  folder: string,
  app: string,
  skipped: string[]
): Promise<Run> => {
  const inImage = isQuick ? undefined : await imageNode()
  return {
    folder,
    app,
    load: await wrk(await below(folder, 'load')),
    node: typeof inImage === 'object' ? inImage : runningNode,
    inImage,
    isQuick,
    only,
    rounds,
    starts: isQuick ? 9 : Math.max(3, rounds * 3),
    seconds: 2,
    warmUp: isQuick ? 2 : 3,
    say: line => process.stderr.write(`${line}\n`),
    skip: part => (name, reason) => {
      const text = reason instanceof Error ? reason.message : String(reason)
      // The results do not contain paths of the machine.
      skipped.push(`${name}, ${part}: ${text.replaceAll(folder, '').replaceAll(root, '')}`)
      process.stderr.write(`${skipped.at(-1)}\n`)
    }
  }
}

// All child processes end at the exit event, which a signal alone does not cause.
process.setMaxListeners(0)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
)
