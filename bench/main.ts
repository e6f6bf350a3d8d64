import { mkdir, writeFile } from 'node:fs/promises'
import { loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { peers, references, sessionMock } from './contenders/index.js'
import { chooseLoad } from './load/choose.js'
import { machine } from './machine.js'
import { measure } from './measure/index.js'
import { imageNode, type Node, runningNode } from './nodes.js'
import { type Options, optionsOf } from './options.js'
import { below, bench, copyBuilt, ownFolder, root } from './places.js'
import { printed } from './process.js'
import { anyLost, lines } from './report/lines.js'
import { markdown } from './report/markdown.js'
import { svg } from './report/svg.js'
import type { Results, Setting } from './results.js'
import type { Run } from './run.js'
import { soak } from './soak/soak.js'
import { stalls } from './stalls/stalls.js'
import { store } from './store/store.js'
import { targets } from './targets.js'
import { way } from './way.js'

const main = async (args: readonly string[]): Promise<number> => {
  const options = optionsOf(args, bench)
  const [otherWork = 0] = loadavg()
  if (options.way) return say(await way())
  if (!options.built) await build()
  if (options.soak !== undefined) return soak(await copyBuilt(await ownFolder()), options.soak)
  if (options.stalls) return say(await stalls(await copyBuilt(await ownFolder()), options.rounds))
  if (options.dashboard) {
    const { dashboard } = await import('./dashboard/dashboard.js')
    return say(await dashboard(await copyBuilt(await ownFolder())))
  }
  if (options.store) {
    const folder = await ownFolder()
    return say(await store(await copyBuilt(folder), folder, options.rounds))
  }
  const leftOut: string[] = []
  const inImage = options.quick ? runningNode : await imageNode()
  const run = await prepared(options, inImage, leftOut)
  const results = await measure(run, options, inImage)
  const wanted = targets.filter(({ part, quick }) => options.only.includes(part) && (quick || !options.quick))
  for (const line of lines(wanted, results)) console.log(line)
  for (const line of leftOut) console.log(`skipped: ${line}`)
  if (options.out !== undefined)
    await write(resolve(options.out), results, await settingOf(run, options, leftOut, otherWork))
  return options.quick && anyLost(wanted, results) ? 1 : 0
}

const say = (lines: readonly string[]): number => {
  for (const line of lines) console.log(line)
  return 0
}

const build = () => printed({ program: process.execPath, args: ['build.mjs'], folder: root }, 120_000)

const prepared = async (options: Options, inImage: Node | string, leftOut: string[]): Promise<Run> => {
  const folder = await ownFolder()
  const node = typeof inImage === 'string' ? runningNode : inImage
  return {
    folder,
    app: await copyBuilt(folder),
    load: await chooseLoad(options.load, await below(folder, 'load')),
    node,
    rounds: options.rounds,
    starts: options.quick ? 9 : Math.max(3, options.rounds * 3),
    seconds: 2,
    matrixSeconds: 1,
    warmUp: options.quick ? 2 : 3,
    say: line => process.stderr.write(`${line}\n`),
    leaveOut: part => (name, why) => {
      const words = why instanceof Error ? why.message : String(why)
      // The results do not say where on the machine they were made.
      leftOut.push(`${name}, ${part}: ${words.replaceAll(folder, '').replaceAll(root, '')}`)
      process.stderr.write(`${leftOut.at(-1)}\n`)
    }
  }
}

const settingOf = async (
  run: Run,
  options: Options,
  leftOut: readonly string[],
  otherWork: number
): Promise<Setting> => ({
  date: new Date().toISOString().slice(0, 10),
  machine: await machine(),
  otherWork,
  load: run.load.tool,
  node: run.node.version,
  rounds: run.rounds,
  starts: run.starts,
  versions: await versions(run, options.quick),
  leftOut
})

const versions = async (run: Run, quick: boolean): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  for (const { name, version } of [sessionMock(run.app), ...references, ...(quick ? [] : peers)]) {
    const words = await version(run.node).catch(() => undefined)
    if (words) found.set(name, words)
  }
  return found
}

const write = async (folder: string, results: Results, setting: Setting) => {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'RESULTS.md'), markdown(results, setting))
  await writeFile(join(folder, 'results.svg'), svg(results, setting))
}

// All that was started ends with this process, so this process has to end in order.
process.setMaxListeners(0)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

main(process.argv.slice(2)).then(
  code => process.exit(code),
  error => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  }
)
