import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { parse, stringify } from 'yaml'
import {
  compileExpression,
  containsExpression,
  expressionIssue,
  isExpression,
  loadExpressions,
  mayContainExpression
} from '../../../src/base/expression.js'

await loadExpressions()

const matches = (expression: string, text: string) => compileExpression(expression)?.test(text)

t.test('slashes around a text, with optional flags, make it an expression', async t => {
  for (const text of ['/a/', '/a/i', '/a/imsu', '/a/g', '/a b/dgimsuvy', '/session/', '/a/b/', '/\n/', '//é/'])
    t.ok(isExpression(text), text)
})

t.test('a text similar to an expression stays a text', async t => {
  for (const text of ['', '/', '//', '//i', '/session', '/session/x', '/session/new', 'a/b/', '/a/I', '/a/ ', '/a/\n'])
    t.notOk(isExpression(text), JSON.stringify(text))
  t.equal(compileExpression('/session/x'), undefined)
  t.equal(expressionIssue('/session/x'), undefined)
})

t.test('flags have their meaning in JavaScript', async t => {
  t.equal(matches('/DEMO/', 'demo'), false)
  t.equal(matches('/DEMO/i', 'a demo'), true)
  t.equal(matches('/É/i', 'é'), true)
  t.equal(matches('/^b$/', 'a\nb'), false)
  t.equal(matches('/^b$/m', 'a\nb'), true)
  t.equal(matches('/a.b/', 'a\nb'), false)
  t.equal(matches('/a.b/s', 'a\nb'), true)
  t.equal(matches('/^.$/u', '😀'), true)
  t.equal(matches('/^A.B$/ims', 'x\na\nb'), true)
})

t.test('the syntax of JavaScript expressions is supported', async t => {
  for (const [expression, yes, no] of [
    ['/\\u0041/', 'A', 'u0041'],
    ['/\\u{41}/u', 'A', 'u'],
    ['/^\\x41\\cA$/', 'A\u0001', 'A'],
    ['/a/b/', 'a/b', 'a'],
    ['/^[^]$/', '\n', ''],
    ['/^\\/session\\/new$/', '/session/new', '/session/newer'],
    ['/(?<year>\\d{4})-/', '2026-', '26-'],
    ['/^(?:a|b)+?[\\w.-]*$/', 'ab.-', 'ab +'],
    ['/[(?=]x/', '=x', '(?'],
    ['/\\(?=a/', '(=a', '(a'],
    ['/\\\\1/', '\\1', '1'],
    ['/^é?\\p{Lu}/u', 'éÉ', '1']
  ] as const) {
    t.equal(matches(expression, yes), true, `${expression} on ${JSON.stringify(yes)}`)
    t.equal(matches(expression, no), false, `${expression} on ${JSON.stringify(no)}`)
  }
})

t.test(
  'expressions with unlimited time, without meaning or without an end are refused with name and place',
  async t => {
    for (const [expression, issue] of [
      ['/(?=a)b/', 'look-aheads are not supported, since their time is unlimited: (?= at character 2'],
      ['/b(?!a)/', 'look-aheads are not supported, since their time is unlimited: (?! at character 3'],
      ['/[(](?<=a)b/', 'look-behinds are not supported, since their time is unlimited: (?<= at character 5'],
      ['/(?<!a)b/i', 'look-behinds are not supported, since their time is unlimited: (?<! at character 2'],
      ['/(a)\\1/', 'back-references are not supported, since their time is unlimited: \\1 at character 5'],
      ['/(?<n>a)\\k<n>/', 'back-references are not supported, since their time is unlimited: \\k< at character 9'],
      ['/(/', 'missing closing ): `(`'],
      ['/a**/', 'invalid nested repetition operator: `**`'],
      ['/a/ii', 'the flag i is repeated'],
      ['/a/gy', 'the flag g is not supported, only i, m, s and u; if the text itself is meant, write /^\\/a\\/gy$/'],
      [`/${'a'.repeat(100_000)}/`, 'it has 100000 characters; 10000 are allowed'],
      ['/([ab]{900}){1,2}/', 'invalid repeat count: `{1,2}`'],
      ['/[ab]{999}[cd]{999}/', 'it is too large: 2000 instructions, and 1000 are allowed; use fewer repetitions']
    ] as const)
      t.equal(expressionIssue(expression), issue, expression.slice(0, 40))
  }
)

t.test('the expression suggested for a refused flag matches exactly that text', async t => {
  const [, literal = ''] = /write (.*)$/s.exec(expressionIssue('/api.x/v') ?? '') ?? []
  t.equal(matches(literal, '/api.x/v'), true)
  t.equal(matches(literal, '/api-x/v'), false)
})

t.test('an expression with exponential time in V8 is matched immediately', async t => {
  // V8 would not end within the time limit of any test.
  for (const expression of ['/(a+)+$/', '/(a|aa)+$/i', '/(.*,){11}P/', '/(x+x+)+y/'])
    t.equal(matches(expression, `${'a,x'.repeat(10_000)}!`), false, expression)
})

t.test('every expression in a YAML or JSON text is found before the engine is loaded', async t => {
  const value = fc.oneof(fc.constantFrom('/a b/', '/a/i', '/x"\'y/', '/é\n\nz/m', '/  /'), fc.string())
  const options = fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL')
  const holds = () =>
    fc.assert(
      fc.property(fc.array(value), options, fc.nat(40), fc.boolean(), (list, defaultStringType, width, flow) => {
        const lineWidth = width + 21
        const texts = [
          JSON.stringify({ list }),
          stringify({ list }, { defaultStringType, lineWidth, collectionStyle: flow ? 'flow' : 'any' })
        ]
        return texts.every(text => !containsExpression(parse(text)) || mayContainExpression(text))
      }),
      { numRuns: 2000 }
    )
  t.doesNotThrow(holds)
})

t.test('a scenario without expressions does not load the engine, one with them does', async t => {
  const loads = async (scenario: string) => {
    const script = `
      const { start } = await import(${JSON.stringify(new URL('../../../dist/index.js', import.meta.url).href)})
      const server = await start({ port: false, scenario: ${JSON.stringify(scenario)} })
      await server.stop()
      const { createRequire } = await import('node:module')
      console.log(Object.keys(createRequire(import.meta.url).cache).some(file => /re2-[^/]*$/.test(file)))`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    return stdout.trim()
  }
  const rule = (login: string) => `rules: [{ on: login, when: { login: '${login}' }, then: { fail: forbidden } }]`
  t.equal(await loads('default'), 'false')
  t.equal(await loads('outage'), 'false')
  t.equal(await loads(rule('demo')), 'false')
  t.equal(await loads(rule('/^d/')), 'true')
})

t.test('a plain text of 10,000 characters is an expression, in any case, and one with operators is not', async t => {
  const text = 'a(b '.repeat(2_500)
  const escaped = 'a\\(b'.repeat(2_499)
  for (const flags of ['', 'i', 'm']) {
    t.equal(matches(`/${text.replaceAll('(', 'B')}/${flags}`, `x${text.replaceAll('(', 'B')}x`), true)
    t.equal(matches(`/${escaped}/${flags}`, `x${'a(b'.repeat(2_499)}`), true)
    t.equal(matches(`/${escaped}/${flags}`, 'a(b'), false)
  }
  t.equal(matches(`/${'Ab'.repeat(5_000)}/`, 'aB'.repeat(6_000)), false)
  t.equal(matches(`/${'Ab'.repeat(5_000)}/i`, 'aB'.repeat(6_000)), true)
  t.match(expressionIssue(`/${'ab'.repeat(5_000)}c/`), /^it has 10001 characters; 10000 are allowed$/)
  t.match(expressionIssue('/(abc|d.e){500}/'), /^it is too large: \d+ instructions, and 1000 are allowed/)
})
