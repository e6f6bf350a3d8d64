import fc from 'fast-check'
import t from 'tap'
import { durationPattern, formatDuration, parseDuration } from '../../../src/base/duration.js'

t.test('a duration is a number with its unit, or several', async t => {
  for (const [text, ms] of [
    ['200ms', 200],
    ['2s', 2000],
    ['30m', 1_800_000],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['7d', 604_800_000],
    ['0s', 0],
    ['0.5ms', 0.5],
    ['1m500ms', 60_500]
  ] as const)
    t.equal(parseDuration(text), ms, text)
})

t.test('other texts are not durations', async t => {
  const wrong = [
    '',
    ' ',
    '5',
    's',
    '-1s',
    '+1s',
    '1 s',
    '1s ',
    '1S',
    '1w',
    '.5s',
    '1.s',
    '1e3s',
    '1h 30m',
    'Infinitys',
    '٣s',
    '1s\n'
  ]
  for (const text of wrong) t.equal(parseDuration(text), undefined, JSON.stringify(text))
})

t.test('a number beyond the limit is not a duration', async t => {
  t.equal(parseDuration(`${'9'.repeat(400)}d`), undefined)
})

t.test('a text is a duration exactly if it has the format of one', async () => {
  const form = new RegExp(durationPattern)
  fc.assert(
    fc.property(
      fc.stringMatching(/^[0-9.msdh]{0,12}$/),
      text => form.test(text) === (parseDuration(text) !== undefined)
    )
  )
})

t.test('durations are formatted in their shortest form', async t => {
  for (const [ms, words] of [
    [0, '0ms'],
    [0.4, '0ms'],
    [999, '999ms'],
    [999.7, '1s'],
    [1000, '1s'],
    [12_345, '12.3s'],
    [59_940, '59.9s'],
    [59_960, '1m'],
    [60_000, '1m'],
    [90_000, '1m 30s'],
    [5_400_000, '1h 30m'],
    [86_400_000, '1d'],
    [90_061_000, '1d 1h'],
    [86_405_000, '1d 5s'],
    [Number.POSITIVE_INFINITY, 'unlimited']
  ] as const)
    t.equal(formatDuration(ms), words, `${ms}`)
})
