import t from 'tap'
import { readSavedRun, type SavedRun } from '../../../src/dashboard/saved-run.js'
import { at, row } from '../../support/dashboard-rows.js'

interface Run {
  readonly [key: string]: unknown
  readonly rows?: readonly unknown[]
}

/** The text of a run of two minutes. */
const textOf = ({ rows = [], ...members }: Run = {}): string =>
  JSON.stringify({
    version: '1.2.3',
    startedAt: at(0),
    endedAt: at(120_000),
    scenario: { title: 'a test', rules: [{ rule: 'busy', sentence: 'on acme.login: fail' }] },
    verdicts: [],
    rows,
    events: [],
    dropped: 0,
    ...members
  })

const read = (text: string): Promise<SavedRun> => readSavedRun(new Blob([text]), 'run.json', () => undefined)

const opened = (members: object) => ({
  event: 'session',
  change: 'opened',
  space: 'default',
  product: 'acme',
  login: 'demo',
  token: '1f39…1d93',
  wall: at(1000),
  at: at(1000),
  ...members
})

const clock = (members: object) => ({ event: 'clock', space: 'default', frozen: false, ...members })

t.test('a run has its requests, sessions, rules and products', async t => {
  const rules = [{ number: 1, rule: 'busy', sentence: 'on acme.login: fail' }]
  const run = await read(
    textOf({
      rows: [row({ number: 1, session: '1f39…1d93' }), row({ number: 2, session: '1f39…1d93', rules })],
      events: [opened({}), opened({ token: 'other' }), opened({ change: 'ended', at: at(9000), cause: 'expired' })]
    })
  )
  t.equal(run.version, '1.2.3')
  t.strictSame(run.products, ['acme'])
  t.strictSame(
    run.rows.list.map(({ number }) => number),
    [1, 2]
  )
  t.match(run.sessions, [
    { token: '1f39…1d93', openedAt: at(1000), endedAt: at(9000), cause: 'expired', uses: 1 },
    { token: 'other', endedAt: undefined }
  ])
  t.match(run.scenario, { title: 'a test', rules: [{ rule: 'busy', played: 1 }] })
  t.equal(run.problem, '')
  t.equal((await run.row('default#2'))?.number, 2)
  t.equal(await run.row('default#9'), undefined)
})

t.test('a space ends at the end of the run, by its own clock', async t => {
  const run = await read(
    textOf({
      rows: [row({ number: 1 }), row({ number: 2, space: 'w1' }), row({ number: 3, space: 'w2', at: at(3_603_000) })],
      events: [
        clock({ space: 'w1', wall: at(60_000), now: at(660_000) }),
        clock({ space: 'w3', wall: at(60_000), now: at(0), frozen: true })
      ]
    })
  )
  t.strictSame(Object.fromEntries(run.ends), {
    default: Date.parse(at(120_000)),
    w1: Date.parse(at(720_000)),
    w2: Date.parse(at(3_720_000)),
    w3: Date.parse(at(0))
  })
})

t.test('the clock of the default space at the end is in the file', async t => {
  const run = await read(textOf({ rows: [row()], clock: { now: at(7_200_000), frozen: true } }))
  t.equal(run.ends.get('default'), Date.parse(at(7_200_000)))
})

t.test('a reset sets the clock back', async t => {
  const run = await read(
    textOf({
      rows: [row({ number: 2, space: 'w1', wall: at(90_000), at: at(90_000) })],
      events: [
        clock({ space: 'w1', wall: at(60_000), now: at(3_660_000), frozen: true }),
        { event: 'space', space: 'w1', change: 'reset', wall: at(80_000) }
      ]
    })
  )
  t.equal(run.ends.get('w1'), Date.parse(at(120_000)))
})

t.test('a file that is no run is refused with what it is', async t => {
  const invalid = 'run.json is not valid JSON: line 1: expected one object'
  const notSaved = 'run.json is not a saved run: expected the run.json that --report writes.'
  for (const [text, message] of [
    ['hello', invalid],
    ['', invalid],
    ['<script>alert(1)</script>', invalid],
    ['{"log": {}}', notSaved],
    [
      textOf({ version: '9.0.0', rows: [{ number: 1 }] }),
      'run.json: the rows of version 9.0.0 are not supported by this page.'
    ]
  ] as const)
    await t.rejects(read(text), { message })
})

t.test('the readable part of a truncated run is kept, with the problem', async t => {
  const text = textOf({ rows: [1, 2, 3].map(number => row({ number })) })
  const run = await read(text.slice(0, text.indexOf('"number":3')))
  t.equal(run.rows.list.length, 2)
  t.match(run.problem, 'unexpected end of the document; the part before it is shown')
})

t.test('rows of another version are omitted and counted, and so are requests beyond the limit of the file', async t => {
  const { request: _request, ...odd } = row({ number: 1 })
  const run = await read(textOf({ version: '0.0.9', rows: [odd, row({ number: 2 })], dropped: 7 }))
  t.equal(run.rows.list.length, 1)
  t.match(run.problem, '1 rows of version 0.0.9 are not supported by this page')
  t.match(run.problem, '7 requests and events beyond the limit are not in the file')
})
