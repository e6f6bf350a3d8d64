import { bareFastify, bareHttp } from '../contenders/index.js'
import type { Measured } from '../load/load.js'
import type { Grilled } from '../measure/grill.js'
import type { Growth } from '../measure/growth.js'
import type { JournalRows } from '../measure/journal-rows.js'
import type { Library } from '../measure/library.js'
import { median, readable, spread } from '../numbers.js'
import { beside, bytesEach } from '../ratios.js'
import type { Results, Setting } from '../results.js'
import type { Rows } from '../rounds.js'
import { type Target, targets } from '../targets.js'
import { isMet } from '../verdict.js'
import { firstTests } from './first-test.js'
import { matrices } from './matrix.js'
import { type Row, table } from './table.js'

/** The results as a page: ratios first, then all that was measured. */
export const markdown = (results: Results, setting: Setting): string =>
  `${[
    '# Results',
    `Measured on ${setting.date}, with \`npm run bench\`. [Method, and reading the results](README.md).`,
    '![Throughput, and time to the first response](results.svg)',
    '## Targets',
    table(
      ['measurement', 'target', 'measured', 'verdict'],
      targets.map(target => targetRow(target, results))
    ),
    '## Environment',
    whereabouts(setting),
    ...leftOut(setting),
    '## All measurements',
    `Medians, with minimum and maximum in brackets. Rounds: ${setting.rounds}; starts: ${setting.starts}.`,
    ...[
      ...readies(results),
      ...matrices(results.matrix),
      ...throughputs(results),
      ...growns(results),
      ...memories(results),
      ...lives(results)
    ]
  ].join('\n\n')}\n`

const targetRow = (target: Target, results: Results): Row => {
  const { name, bound, limit, unit, of } = target
  const measured = of(results)
  if (measured === undefined) return [name, `${bound} ${limit}${unit}`, '–', 'not measured']
  const verdict = isMet(target, measured) ? 'met' : '**missed**'
  return [name, `${bound} ${limit}${unit}`, `${readable(measured)}${unit}`, verdict]
}

const whereabouts = ({ machine, otherWork, load, node, versions }: Setting) =>
  [
    `- ${machine.join('; ')}; the load and the servers share the cores`,
    `- load average at the start, from other work: ${readable(otherWork)}`,
    `- load: ${load}`,
    `- throughput, memory and stop: Node.js ${node}`,
    ...[...versions].map(([name, version]) => `- ${name}: ${version}`)
  ].join('\n')

const leftOut = ({ leftOut }: Setting) =>
  leftOut.length === 0 ? [] : ['## Skipped', leftOut.map(each => `- ${each}`).join('\n')]

const readies = ({ ready }: Results) =>
  ready.map(({ node, asTheImage, rows }) => {
    const title = `### First response, Node.js ${node.version}${asTheImage ? ', as in the image' : ''}`
    const cells = [...rows].map(([name, took]) => [
      name,
      spread(took),
      times(beside(rows, bareHttp.name, Number, name))
    ])
    return `${title}\n\n${table(['', 'ms', '× node:http'], cells)}`
  })

const throughputs = ({ throughput, flow }: Results) => [
  ...throughput.map(
    ({ connections, rows }) =>
      `### Session calls, ${connections} ${connections === 1 ? 'connection' : 'connections'}\n\n${loadTable(rows, bareFastify.name)}`
  ),
  ...(flow ? [`### Login, session call and logout, 32 clients\n\n${loadTable(flow, bareFastify.name, 'flows/s')}`] : [])
]

const growns = ({ grown }: Results) =>
  grown.map(
    ({ what, carrier, rows }) =>
      `### Session calls with ${what}, ${carrier}, 32 connections\n\n${loadTable(rows, 'empty')}`
  )

const loadTable = (rows: Rows<Measured>, reference: string, unit = 'requests/s') => {
  const cells = [...rows].map(([name, samples]) => [
    name,
    spread(samples.map(({ perSecond }) => perSecond)),
    spread(samples.map(({ p50 }) => p50)),
    spread(samples.map(({ p99 }) => p99)),
    times(beside(rows, reference, ({ perSecond }) => perSecond, name))
  ])
  return table(['', unit, 'p50 ms', 'p99 ms', `× ${reference}`], cells)
}

const memories = ({ idle, sessionMemory, journalMemory, journalRows }: Results) => [
  ...(idle ? [`### Idle memory\n\n${idleTable(idle)}`] : []),
  ...(sessionMemory
    ? [
        `### Memory of open sessions: ${readable(bytesEach(sessionMemory))} bytes each\n\n${growth('sessions', sessionMemory)}`
      ]
    : []),
  ...(journalRows ? [`### Rows of the journal\n\n${journalTable(journalRows)}`] : []),
  ...(journalMemory ? [`### Memory with the journal full\n\n${growth('requests', journalMemory)}`] : [])
]

const journalTable = ({ repeated, withBody }: JournalRows) =>
  table(
    ['row', 'bytes of the heap'],
    [
      ['a repeated session call', readable(repeated)],
      ['calls with different bodies of 1 KB', readable(withBody)]
    ]
  )

const idleTable = (idle: Rows<number>) =>
  table(
    ['', 'RSS in MiB', `× ${bareFastify.name}`],
    [...idle].map(([name, bytes]) => [
      name,
      spread(bytes.map(mebibytes)),
      times(beside(idle, bareFastify.name, Number, name))
    ])
  )

const growth = (unit: string, { from, to }: Growth) =>
  table(
    [unit, 'heap in MiB', 'external in MiB', 'RSS in MiB'],
    [from, to].map(({ count, memory: { heapUsed, external, rss } }) => [
      count.toLocaleString('en-US'),
      ...[heapUsed, external, rss].map(bytes => readable(mebibytes(bytes)))
    ])
  )

const lives = ({ library, firstTest, stop, grill }: Results) => [
  ...(library ? [`### As a library\n\n${table(['', 'ms'], libraryRows(library))}`] : []),
  ...(firstTest ? firstTests(firstTest) : []),
  ...(grill ? [`### Grill\n\n${table(['', 's'], grillRows(grill))}`] : []),
  ...(stop ? [`### Stop\n\n${table(['', 'ms'], [['SIGTERM with 100 idle connections', spread(stop)]])}`] : [])
]

const grillRows = ({ runs, jobs, took, clients }: Grilled): readonly Row[] => [
  [`\`grill\`, ${runs} runs of the client, ${jobs} at the same time`, readable(took / 1000)],
  ['all runs of the client together', readable(clients / 1000)]
]

const libraryRows = (library: Library): readonly Row[] => [
  ['the first `start()` of a process', spread(library.firstStart)],
  ['later ones', spread(library.laterStart)],
  ['`reset()`, after ten logins', spread(library.reset)],
  ['a login in a new space, by `inject`', spread(library.newSpace)],
  ['the same in an existing space', spread(library.sameSpace)],
  ['the difference of the two medians', readable(median(library.newSpace) - median(library.sameSpace))],
  ['`POST /__admin/reset`, by HTTP', spread(library.resetByHttp)],
  ['`GET /__admin/health`, by HTTP, to compare', spread(library.healthByHttp)]
]

const mebibytes = (bytes: number) => bytes / 2 ** 20

const times = (ratio: number | undefined) => (ratio === undefined ? '–' : readable(ratio))
