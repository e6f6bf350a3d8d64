import { nearest } from '../base/user-error.js'
import type { Product } from '../product/product.js'
import type { Path, ValidationIssue } from '../scenario/validation-issue.js'
import type { AnswerDocument, CaseDocument, CasesDocument } from './case-document.js'
import { commonPatterns, marksIn } from './marks.js'

/** What the schema cannot say: names that must be there, names that must be unique, expressions. */
export const caseIssues = (document: CasesDocument, product: Product): ValidationIssue[] => {
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

const issue = (path: Path, message: string): ValidationIssue => ({ path, message })

/** The values that a run has: those of the account, and tokens. */
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

const missingName = (path: Path, name: string, names: readonly string[], what: string): ValidationIssue[] => {
  if (names.includes(name)) return []
  const near = nearest(name, names)
  return [issue(path, `there is no ${what} "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`)]
}

const unknownMarks = (path: Path, text: string, known: readonly string[]): ValidationIssue[] =>
  marksIn(text)
    .filter(name => !known.includes(name))
    .map(name => {
      const near = nearest(name, known)
      return issue(path, `there is no placeholder {${name}}${near === undefined ? '' : `; did you mean {${near}}?`}`)
    })

const expressionIssues = ({ tokens, patterns = {} }: CasesDocument): ValidationIssue[] => {
  const texts: [Path, string][] = [
    ...(tokens.body === undefined ? [] : [[['tokens', 'body'], tokens.body] as [Path, string]]),
    ...Object.entries(patterns).map(([name, text]): [Path, string] => [['patterns', name], text])
  ]
  return texts.flatMap(([path, text]) => {
    try {
      new RegExp(text)
      return []
    } catch (error) {
      return [issue(path, `expected a regular expression: ${error instanceof Error ? error.message : error}`)]
    }
  })
}

const answerIssues = ({ expect }: CaseDocument, index: number, { answers = {} }: CasesDocument): ValidationIssue[] => {
  const path = ['cases', index, 'expect']
  const missing = (at: Path, said: unknown) =>
    typeof said === 'string' ? missingName(at, said, Object.keys(answers), 'answer') : []
  if (typeof expect !== 'object' || !('documented' in expect)) return missing(path, expect)
  return Object.entries(expect).flatMap(([fidelity, said]) => missing([...path, fidelity], said))
}

const textsOf = ({ request, headers = {}, body, expect }: CaseDocument): [Path, string][] => [
  [['request'], request],
  ...Object.entries(headers).map(([name, text]): [Path, string] => [['headers', name], text]),
  ...(body === undefined ? [] : [[['body'], body] as [Path, string]]),
  ...(typeof expect === 'string' ? [] : expectedTexts(expect))
]

const expectedTexts = (expect: Exclude<CaseDocument['expect'], string>): [Path, string][] => {
  const said = 'documented' in expect ? Object.entries(expect) : [['', expect] as const]
  return said.flatMap(([fidelity, answer]) =>
    typeof answer === 'string'
      ? []
      : answerTexts(answer).map(([path, text]): [Path, string] => [
          ['expect', ...(fidelity === '' ? [] : [fidelity]), ...path],
          text
        ])
  )
}

const answerTexts = ({ headers = {}, body }: AnswerDocument): [Path, string][] => [
  ...(body === undefined ? [] : [[['body'], body] as [Path, string]]),
  ...Object.entries(headers).flatMap(([name, text]): [Path, string][] =>
    text === null ? [] : [[['headers', name], text]]
  )
]
