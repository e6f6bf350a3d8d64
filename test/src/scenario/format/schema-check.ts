import t from 'tap'
import { loadExpressions } from '../../../../src/base/expression.js'
import { createChecks } from '../../../../src/scenario/format/schema-check.js'
import { formatPath } from '../../../../src/scenario/validation-issue.js'

await loadExpressions()
const compile = createChecks()

/** What is said of a value by a schema, without any text that it was read from. */
const saidOf = (schema: object, value: unknown): string[] =>
  compile(schema)(value).map(({ path, message }) => `${formatPath(path)}: ${message}`)

const either = (...anyOf: object[]) => ({ title: 'this or that', anyOf })

t.test('of several forms, the error is about the one of the same type', async t => {
  const schema = either(
    { type: 'string', pattern: '^a$', title: 'an a' },
    { type: 'integer', minimum: 3 },
    { type: 'array', items: { type: 'integer', minimum: 1 } }
  )
  t.strictSame(saidOf(schema, 'b'), [': expected an a, found "b"'])
  t.strictSame(saidOf(schema, 2), [': expected this or that, found 2'])
  t.strictSame(saidOf(schema, [1, 0, 'x']), [
    '[1]: expected a whole number from 1, found 0',
    '[2]: expected a whole number from 1, found "x"'
  ])
  t.strictSame(saidOf(schema, true), [': expected this or that, found true'])
  t.strictSame(saidOf(schema, null), [': expected this or that, found nothing'])
})

t.test('an error does not hide another', async t => {
  const word = either({ enum: ['a'], type: 'string' }, { type: 'integer' })
  const schema = {
    type: 'object',
    properties: { x: word, list: { type: 'array', items: word }, deep: either({ type: 'array', items: word }) }
  }
  t.strictSame(saidOf(schema, { x: 'b', list: ['c', 1, 'd'], deep: ['e', 'f'] }), [
    'x: expected this or that, found "b"',
    'list[0]: expected this or that, found "c"',
    'list[2]: expected this or that, found "d"',
    'deep[0]: expected this or that, found "e"',
    'deep[1]: expected this or that, found "f"'
  ])
})

t.test('an invalid word is reported with the valid ones, or with their title if there are many', async t => {
  t.strictSame(saidOf({ enum: ['open', 'shut'], title: 'a listener' }, 'opn'), [
    ': expected open or shut, found "opn"; did you mean open?'
  ])
  const many = Array.from({ length: 13 }, (_, at) => `word${at}`)
  t.strictSame(saidOf({ enum: many, title: 'a word' }, 'x'), [': expected a word, found "x"'])
})

t.test('numbers are reported with their range', async t => {
  t.strictSame(saidOf({ type: 'number', minimum: 0, maximum: 1 }, 2), [': expected a number from 0 to 1, found 2'])
  t.strictSame(saidOf({ type: 'integer', maximum: 9 }, 10), [': expected a whole number up to 9, found 10'])
  t.strictSame(saidOf({ type: 'number' }, 'x'), [': expected a number, found "x"'])
})

t.test('long values are truncated', async t => {
  const [said = ''] = saidOf({ enum: ['a', 'b'] }, 'x'.repeat(1000))
  t.ok(said.length < 120)
})

t.test('keys with slashes and tildes are reported unescaped', async t => {
  t.strictSame(saidOf({ type: 'object', additionalProperties: { type: 'string' } }, { 'a/b~c': 1, 'd\ne': 2 }), [
    '["a/b~c"]: expected a text, found 1; write it in quotes: "1"',
    '["d\\ne"]: expected a text, found 2; write it in quotes: "2"'
  ])
})
