import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { nearest } from '../base/user-error.js'
import type { Fidelity, Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { Source } from '../scenario/format/source.js'
import { readYaml } from '../scenario/format/yaml-document.js'
import { type Path, ScenarioError, type ValidationIssue } from '../scenario/validation-issue.js'
import type { AnswerDocument, Case, CaseDocument, Cases, CasesDocument, ExpectedAnswer } from './case.js'
import { casesSchema } from './cases-schema.js'
import { commonPatterns, marksIn } from './marks.js'

/** Reads the shipped cases of a product from their folder. Throws ScenarioError. */
export const readCasesOf = async (product: Product, folder: string): Promise<Cases> => {
  const name = `${product.name}.cases.yaml`
  return readCases({ name, text: await readFile(join(folder, name), 'utf8') }, product)
}

/** Reads the cases of a product. Throws ScenarioError with all problems. */
export const readCases = (source: Source, product: Product): Cases => {
  const { value, locate, issues: issuesOf } = readYaml(source)
  const wrong = issuesOf(createChecks()(casesSchema))
  if (wrong.length > 0) throw new ScenarioError(wrong.map(locate))
  const document = value as CasesDocument
  const issues = caseIssues(document, product)
  if (issues.length > 0) throw new ScenarioError(issues.map(locate))
  return resolve(document, product)
}

const resolve = (document: CasesDocument, product: Product): Cases => {
  const { tokens, options = {}, patterns = {} } = document
  const cases = document.cases.map(each => resolveCase(each, document))
  const named = (name: string): Case => {
    const found = cases.find(each => each.name === name)
    if (found) return found
    throw new Error(`no case "${name}"`)
  }
  const token = product.sessions.token.source.replace(/^\^|\$$/g, '')
  return {
    product: document.product,
    tokenIn: { field: tokens.field, header: tokens.header?.toLowerCase() },
    unknownToken: tokens.unknown,
    options,
    patterns: { ...commonPatterns, token, 'dead token': token, ...patterns },
    volatileHeaders: volatileHeaders(cases),
    login: named(document.login),
    logout: named(document.logout),
    wrongLogin: named(document.wrong_login),
    cases
  }
}

const volatileHeaders = (cases: readonly Case[]): Map<string, readonly string[]> => {
  const texts = new Map<string, readonly string[]>()
  for (const { expect } of cases)
    for (const { headers } of Object.values(expect))
      for (const [name, text] of Object.entries(headers).filter(([, text]) => marksIn(text).length > 0))
        texts.set(name.toLowerCase(), [...new Set([...(texts.get(name.toLowerCase()) ?? []), text])])
  return texts
}

const resolveCase = (each: CaseDocument, document: CasesDocument): Case => {
  const [, method = '', target = ''] = /^(\S+) (.*)$/s.exec(each.request) ?? []
  const { name, step, source, place, headers = {}, body, keeps = {}, wait, unsafe } = each
  return {
    name,
    step,
    source,
    place,
    request: { method, target, headers, body },
    opens: each.opens ?? false,
    ends: each.ends ?? false,
    drops: each.drops ?? false,
    keeps,
    wait,
    unsafe,
    expect: { documented: expected(each, 'documented', document), observed: expected(each, 'observed', document) }
  }
}

const expected = ({ expect }: CaseDocument, fidelity: Fidelity, document: CasesDocument): ExpectedAnswer => {
  const chosen = typeof expect === 'object' && 'documented' in expect ? expect[fidelity] : expect
  const answer = typeof chosen === 'string' ? document.answers?.[chosen] : chosen
  if (!answer) throw new Error(`no answer "${chosen}"`)
  return withCommonHeaders(answer, document.headers)
}

const withCommonHeaders = (
  { status, headers = {}, body = '' }: AnswerDocument,
  common: Readonly<Record<string, string>> = {}
): ExpectedAnswer => {
  const own = new Set(Object.keys(headers).map(name => name.toLowerCase()))
  const others = Object.entries(common).filter(([name]) => !own.has(name.toLowerCase()))
  const set = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]))
  return { status, headers: Object.fromEntries([...set, ...others]), body }
}

/** Checks beyond the schema: unknown and repeated names, regular expressions. */
const caseIssues = (document: CasesDocument, product: Product): ValidationIssue[] => {
  const names = document.cases.map(({ name }) => name)
  const known = knownMarks(document)
  return [
    ...(document.product === product.name
      ? []
      : [issue(['product'], `expected ${product.name}, found ${document.product}`)]),
    ...missingName(['login'], document.login, names, 'case'),
    ...missingName(['logout'], document.logout, names, 'case'),
    ...missingName(['wrong_login'], document.wrong_login, names, 'case'),
    ...expressionIssues(document),
    ...names.flatMap((name, index) =>
      names.indexOf(name) === index ? [] : [issue(['cases', index, 'name'], `there are two cases "${name}"`)]
    ),
    ...document.cases.flatMap((each, index) => [
      ...answerIssues(each, index, document),
      ...textsOf(each).flatMap(([path, text]) => unknownMarks(['cases', index, ...path], text, known))
    ]),
    ...Object.entries(document.answers ?? {}).flatMap(([name, answer]) =>
      answerTexts(answer).flatMap(([path, text]) => unknownMarks(['answers', name, ...path], text, known))
    )
  ]
}

/** A text, and its path in the document. */
type PlacedText = readonly [path: Path, text: string]

const placed = (path: Path, text: string): PlacedText => [path, text]

const issue = (path: Path, message: string): ValidationIssue => ({ path, message })

/** The values of every run: of the account, and tokens. */
const runValues = [
  'login',
  'password',
  'wrong password',
  'unknown login',
  'basic',
  'token',
  'dead token',
  'unknown token'
]

const knownMarks = ({ options = {}, patterns = {}, cases }: CasesDocument): readonly string[] => [
  ...runValues,
  ...Object.keys(commonPatterns),
  ...Object.keys(options),
  ...Object.keys(patterns),
  ...cases.flatMap(({ keeps = {} }) => Object.keys(keeps))
]

const missingName = (path: Path, name: string, names: readonly string[], kind: string): ValidationIssue[] => {
  if (names.includes(name)) return []
  const near = nearest(name, names)
  return [issue(path, `there is no ${kind} "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`)]
}

const unknownMarks = (path: Path, text: string, known: readonly string[]): ValidationIssue[] =>
  marksIn(text)
    .filter(name => !known.includes(name))
    .map(name => {
      const near = nearest(name, known)
      return issue(path, `there is no placeholder {${name}}${near === undefined ? '' : `; did you mean {${near}}?`}`)
    })

const expressionIssues = ({ patterns = {} }: CasesDocument): ValidationIssue[] =>
  Object.entries(patterns).flatMap(([name, text]) => {
    try {
      new RegExp(text)
      return []
    } catch (error) {
      return [issue(['patterns', name], `expected a regular expression: ${messageOf(error)}`)]
    }
  })

const answerIssues = ({ expect }: CaseDocument, index: number, { answers = {} }: CasesDocument): ValidationIssue[] => {
  const path = ['cases', index, 'expect']
  const missing = (at: Path, answer: unknown) =>
    typeof answer === 'string' ? missingName(at, answer, Object.keys(answers), 'answer') : []
  if (typeof expect !== 'object' || !('documented' in expect)) return missing(path, expect)
  return Object.entries(expect).flatMap(([fidelity, answer]) => missing([...path, fidelity], answer))
}

const textsOf = ({ request, headers = {}, body, expect }: CaseDocument): PlacedText[] => [
  [['request'], request],
  ...Object.entries(headers).map(([name, text]) => placed(['headers', name], text)),
  ...(body === undefined ? [] : [placed(['body'], body)]),
  ...(typeof expect === 'string' ? [] : expectedTexts(expect))
]

const expectedTexts = (expect: Exclude<CaseDocument['expect'], string>): PlacedText[] => {
  const answers = 'documented' in expect ? Object.entries(expect) : [['', expect] as const]
  return answers.flatMap(([fidelity, answer]) =>
    typeof answer === 'string'
      ? []
      : answerTexts(answer).map(([path, text]) =>
          placed(['expect', ...(fidelity === '' ? [] : [fidelity]), ...path], text)
        )
  )
}

const answerTexts = ({ headers = {}, body }: AnswerDocument): PlacedText[] => [
  ...(body === undefined ? [] : [placed(['body'], body)]),
  ...Object.entries(headers).flatMap(([name, text]): PlacedText[] =>
    text === null ? [] : [placed(['headers', name], text)]
  )
]
