import { messageOf } from '../base/error-message.js'
import { nearest } from '../base/user-error.js'
import type { Product } from '../product/product.js'
import type { Path, ValidationIssue } from '../scenario/validation-issue.js'
import type { AnswerDocument, CaseDocument, CasesDocument } from './case-document.js'
import { commonPatterns, marksIn } from './marks.js'

/** Checks beyond the schema: unknown and repeated names, regular expressions. */
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

const expressionIssues = ({ tokens, patterns = {} }: CasesDocument): ValidationIssue[] => {
  const texts: PlacedText[] = [
    ...(tokens.body === undefined ? [] : [placed(['tokens', 'body'], tokens.body)]),
    ...Object.entries(patterns).map(([name, text]) => placed(['patterns', name], text))
  ]
  return texts.flatMap(([path, text]) => {
    try {
      new RegExp(text)
      return []
    } catch (error) {
      return [issue(path, `expected a regular expression: ${messageOf(error)}`)]
    }
  })
}

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
