import type { Contender } from '../contenders/contender.js'
import { asTheImage, buildImage } from '../contenders/image.js'
import { peers, references, sessionMock } from '../contenders/index.js'
import { measureMatrix } from '../matrix/measure.js'
import { matrixRows } from '../matrix/rows.js'
import { type Node, runningNode } from '../nodes.js'
import type { Options } from '../options.js'
import { below } from '../places.js'
import type { Results } from '../results.js'
import type { Run } from '../run.js'
import type { Part } from '../targets.js'
import { measureFirstTest } from './first-test.js'
import { measureGrill } from './grill.js'
import { measureRules, measureSessions, measureSpaces } from './grown.js'
import { measureJournalMemory, measureSessionMemory } from './growth.js'
import { measureIdle } from './idle.js'
import { measureJournalRows } from './journal-rows.js'
import { measureLibrary } from './library.js'
import { measureReady, type Ready } from './ready.js'
import { measureStop } from './stop.js'
import { measureFlow, measureThroughput } from './throughput.js'

/** Measures what the options ask for, one part after the other. A part that fails is left out. */
export const measure = async (run: Run, { only, quick }: Options, inImage: Node | string): Promise<Results> => {
  const wants = (part: Part, long = false) => only.includes(part) && !(long && quick)
  const part = async <Result>(wanted: boolean, name: string, work: () => Promise<Result>) => {
    if (!wanted) return undefined
    run.say(name)
    return work().catch(error => {
      run.leaveOut(name)('all', error)
      return undefined
    })
  }
  const others = quick ? [] : await installed(run)
  const all = [sessionMock(run.app), ...references, ...others]
  const ready = await part(wants('ready'), 'first response', () => readies(run, others, quick, inImage))
  const matrix = await part(wants('matrix'), 'matrix', () => matrices(run, quick, inImage))
  const steps = quick ? [32] : [1, 32, 256]
  const throughput = await part(wants('throughput'), 'throughput', () => measureThroughput(run, all, steps))
  const flow = await part(wants('flow', true), 'flow', () => measureFlow(run, all))
  const rules = await part(wants('rules'), 'rules', () => measureRules(run))
  const spaces = await part(wants('spaces', true), 'spaces', () => measureSpaces(run))
  const sessions = await part(wants('sessions', true), 'sessions', () => measureSessions(run))
  const idle = await part(wants('memory'), 'idle memory', () => measureIdle(run, all))
  const sessionMemory = await part(wants('memory', true), 'memory of sessions', () => measureSessionMemory(run))
  const journalMemory = await part(wants('memory', true), 'memory of the journal', () => measureJournalMemory(run))
  const library = await part(wants('library'), 'library', () => measureLibrary(run))
  const firstTest = await part(wants('library'), 'the first test', () => measureFirstTest(run, quick))
  const journalRows = await part(wants('memory', true), 'rows of the journal', () => measureJournalRows(run))
  const stop = await part(wants('stop'), 'stop', () => measureStop(run))
  const grill = await part(wants('grill', true), 'grill', () => measureGrill(run))
  return {
    ready: ready ?? [],
    matrix: matrix ?? [],
    throughput: throughput ?? [],
    grown: [rules, spaces, sessions].flatMap(each => each ?? []),
    ...(flow && { flow }),
    ...(idle && { idle }),
    ...(sessionMemory && { sessionMemory }),
    ...(journalMemory && { journalMemory }),
    ...(library && { library }),
    ...(firstTest && { firstTest }),
    ...(journalRows && { journalRows }),
    ...(stop && { stop }),
    ...(grill && { grill })
  }
}

/** All rows on the running Node.js and on that of the image; in the short version one of each product. */
const matrices = async (run: Run, quick: boolean, inImage: Node | string) => {
  const rows = matrixRows.filter(row => row.quick || !quick)
  const here = await measureMatrix(run, rows, runningNode)
  if (quick || typeof inImage === 'string' || inImage.major === runningNode.major) return here
  return [...here, ...(await measureMatrix(run, rows, inImage))]
}

/** The peers that can be run here. */
const installed = async (run: Run): Promise<readonly Contender[]> => {
  const found: Contender[] = []
  for (const peer of peers) {
    const here = await peer.version(run.node).catch((error: unknown) => run.leaveOut('everything')(peer.name, error))
    if (here) found.push(peer)
  }
  return found
}

const readies = async (run: Run, others: readonly Contender[], quick: boolean, inImage: Node | string) => {
  const measured: Ready[] = []
  const plain = [sessionMock(run.app), ...references]
  measured.push({ node: runningNode, asTheImage: false, rows: await measureReady(run, plain, runningNode) })
  if (quick) return measured
  if (typeof inImage === 'string') {
    run.leaveOut('first response')('as in the image', inImage)
    return measured
  }
  run.say('first response, as in the image')
  await buildImage(run.app, inImage, await below(run.folder, 'image'))
  const all = [asTheImage(run.app), ...references, ...others]
  return [...measured, { node: inImage, asTheImage: true, rows: await measureReady(run, all, inImage) }]
}
