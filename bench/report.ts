import { readFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem, type } from 'node:os'
import { bareFastify, bareHttp, peers, references, sessionMock } from './contenders.js'
import { fastify, type Library } from './library.js'
import type { Measured } from './load.js'
import type { MatrixResult, MatrixSample } from './matrix.js'
import type { Results, Run } from './measure.js'
import type { Growth } from './memory.js'
import { mebibytes, median, type Rows, ratio, readable, spread, table } from './rounds.js'
import { isMet, type Target, targets } from './targets.js'

type Setting = Awaited<ReturnType<typeof settingOf>>

/** The page of the results: the targets, then all measurements. */
export const markdown = (results: Results, setting: Setting): string => {
  const { skipped, rounds, starts } = setting
  const parts = [
    '# Results',
    `Measured on ${setting.date}, with \`npm run bench\`. [Method, and reading the results](README.md).`,
    '## Targets',
    table(
      ['measurement', 'target', 'measured', 'verdict'],
      targets.map(target => targetRow(target, results))
    ),
    '## Environment',
    environment(setting),
    ...(skipped.length === 0 ? [] : ['## Skipped', skipped.map(each => `- ${each}`).join('\n')]),
    '## All measurements',
    `Medians, with minimum and maximum in brackets. Rounds: ${rounds}; starts: ${starts}.`,
    ...sections(results)
  ]
  return `${parts.join('\n\n')}\n`
}

/** The conditions of a run; `otherWork` is the load average at its start. */
export const settingOf = async (run: Run, skipped: readonly string[], otherWork: number) => {
  const versions = new Map<string, string>()
  for (const { name, version } of [sessionMock(run.app), ...references, ...(run.isQuick ? [] : peers)]) {
    const text = await version(run.node).catch(() => undefined)
    if (text) versions.set(name, text)
  }
  const date = new Date().toISOString().slice(0, 10)
  return { ...run, date, versions, skipped, otherWork, machine: await machine() }
}

/** CPU, cores, memory and operating system. */
const machine = async (): Promise<readonly string[]> => {
  const cores = cpus()
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const [, name = type()] = /^PRETTY_NAME="?([^"\n]+)/m.exec(text) ?? []
  return [
    `${cores[0]?.model.trim() || 'unknown CPU'}, ${arch()}`,
    `${cores.length} cores`,
    `${Math.round(totalmem() / 2 ** 30)} GiB of memory`,
    `${name}, ${type()} ${release().split('-')[0]}`
  ]
}

const targetRow = (target: Target, results: Results): readonly string[] => {
  const { name, bound, limit, unit, of } = target
  const value = of(results)
  if (value === undefined) return [name, `${bound} ${limit}${unit}`, '–', 'not measured']
  return [name, `${bound} ${limit}${unit}`, `${readable(value)}${unit}`, isMet(target, value) ? 'met' : '**missed**']
}

const environment = ({ machine, otherWork, load, node, versions }: Setting) =>
  [
    `- ${machine.join('; ')}; the load and the servers share the cores`,
    `- load average at the start, from other work: ${readable(otherWork)}`,
    `- load: ${load.tool}`,
    `- matrix, throughput, memory and stop: Node.js ${node.version}`,
    ...[...versions].map(([name, version]) => `- ${name}: ${version}`)
  ].join('\n')

const sections = (results: Results): readonly string[] => {
  const { ready = [], matrix, throughput = [], grown, idle, sessionMemory, journalRows, journalMemory } = results
  const { library, stop } = results
  const section = <Part>(title: string, part: Part | undefined, text: (part: Part) => string) =>
    part === undefined ? [] : [`### ${title}\n\n${text(part)}`]
  return [
    ...ready.flatMap(({ node: { version }, asTheImage, rows }) => {
      const title = `First response, Node.js ${version}${asTheImage ? ', as in the image' : ''}`
      return section(title, rows, rows => spreadTable(rows, 'ms', bareHttp.name))
    }),
    ...section('Matrix, 32 connections', matrix, matrix => table(matrixHead, matrix.map(matrixCells))),
    ...throughput.flatMap(({ connections, rows }) =>
      section(`Session calls, connections: ${connections}`, rows, rows => loadTable(rows, bareFastify.name))
    ),
    ...grown.flatMap(({ what, carrier, rows }) =>
      section(`Session calls with ${what}, ${carrier}, 32 connections`, rows, rows => loadTable(rows, 'empty'))
    ),
    ...section('Idle memory', idle, idle => spreadTable(idle, 'RSS in MiB', bareFastify.name, mebibytes)),
    ...section('Memory of open sessions', sessionMemory, growth => growthTable('sessions', growth)),
    ...section('Memory with the journal full', journalMemory, growth => growthTable('requests', growth)),
    ...section('Rows of the journal', journalRows, ({ repeated, withBody }) =>
      numberTable('bytes of the heap', [
        ['a repeated session call', readable(repeated)],
        ['calls with different bodies of 1 KB', readable(withBody)]
      ])
    ),
    ...section('As a library', library, library => numberTable('ms', libraryCells(library))),
    ...section('Import and first start', library?.importAndStart, rows => spreadTable(rows, 'ms', fastify)),
    ...section('Stop', stop, stop => numberTable('ms', [['SIGTERM with 100 idle connections', spread(stop)]]))
  ]
}

const numberTable = (unit: string, rows: readonly (readonly string[])[]) => table(['', unit], rows)

const spreadTable = (rows: Rows<number>, unit: string, reference: string, of = (value: number) => value) =>
  table(
    ['', unit, `× ${reference}`],
    [...rows].map(([name, values]) => [name, spread(values.map(of)), readable(ratio(rows, reference, Number, name))])
  )

const loadTable = (rows: Rows<Measured>, reference: string) =>
  table(
    ['', 'requests/s', 'p50 ms', 'p99 ms', `× ${reference}`],
    [...rows].map(([name, samples]) => [
      name,
      ...(['perSecond', 'p50', 'p99'] as const).map(key => spread(samples.map(sample => sample[key]))),
      readable(ratio(rows, reference, ({ perSecond }) => perSecond, name))
    ])
  )

const matrixHead = ['call', 'requests/s', 'Fastify', '× Fastify', 'p99 ms', '× Fastify', 'CPU time, µs', 'Fastify, µs']

const matrixCells = ({ row, rows }: MatrixResult): readonly string[] => {
  const cell = (name: string, key: keyof MatrixSample) =>
    readable(median((rows.get(name) ?? []).map(each => each[key])))
  const toFastify = (key: keyof MatrixSample) => readable(ratio(rows, bareFastify.name, each => each[key]))
  const ours = 'session-mock'
  return [
    row.name,
    cell(ours, 'perSecond'),
    cell(bareFastify.name, 'perSecond'),
    toFastify('perSecond'),
    cell(ours, 'p99'),
    toFastify('p99'),
    cell(ours, 'cpu'),
    cell(bareFastify.name, 'cpu')
  ]
}

const growthTable = (unit: string, { from, to }: Growth) =>
  table(
    [unit, 'heap in MiB', 'external in MiB', 'RSS in MiB'],
    [from, to].map(({ count, memory: { heapUsed, external, rss } }) => [
      count.toLocaleString('en-US'),
      ...[heapUsed, external, rss].map(bytes => readable(mebibytes(bytes)))
    ])
  )

const libraryCells = (library: Library): readonly (readonly string[])[] => [
  ['the first `start()` of a process', spread(library.firstStart)],
  ['later ones', spread(library.laterStart)],
  ['`reset()`, after ten logins', spread(library.reset)],
  ['a login in a new space, by `inject`', spread(library.newSpace)],
  ['the same in an existing space', spread(library.sameSpace)],
  ['the difference of the two medians', readable(median(library.newSpace) - median(library.sameSpace))]
]
