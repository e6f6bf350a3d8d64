import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { nearest } from '../base/errors.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { Source } from '../scenario/format/source.js'
import { readYaml } from '../scenario/format/yaml-document.js'
import { type Path, ScenarioError, type ValidationIssue } from '../scenario/validation-issue.js'
import { commonPatterns, marksIn } from './response-body.js'

/**
 * The source of a fact: the published documentation, a real server or its source code, a public client, or our own decision.
 */
export const factSources = ['documented', 'seen', 'client', 'ours'] as const
type FactSource = (typeof factSources)[number]

/** The stages of a session, in order. */
const steps = [
  'log in',
  'use',
  'formats',
  'log out',
  'use again',
  'log out again',
  'unknown token',
  'no token',
  'wrong method',
  'wrong path',
  'refusals',
  'expiry'
] as const
type Step = (typeof steps)[number]

/** A request with placeholders such as `{token}`. */
export interface CaseRequest {
  readonly method: string
  /** Path and query. */
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** A response with marks such as `{number}` for its volatile parts. */
export interface ExpectedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Case {
  readonly name: string
  readonly step: Step
  readonly source: FactSource
  /** The heading of the page of the product with the fact. */
  readonly place: string
  readonly request: CaseRequest
  /** The response contains a new token, the value of `{token}` from now on. */
  readonly opens: boolean
  /** Invalidates `{token}`, which becomes `{dead token}`. */
  readonly ends: boolean
  /** `{token}` is not used by later cases. */
  readonly drops: boolean
  /** Values of the response for later requests: the path in a JSON body, such as `tenants.0.tenantId`, by placeholder. */
  readonly keeps: Readonly<Record<string, string>>
  /** Sent shortly before, or shortly after, the expiry of an idle session. */
  readonly wait: 'before expiry' | 'after expiry' | undefined
  /** The reason not to send it to a real server; undefined if it is safe. */
  readonly unsafe: string | undefined
  readonly expect: Readonly<Record<Fidelity, ExpectedAnswer>>
}

/** The cases of a product, in the order of their requests. */
export interface Cases {
  readonly product: string
  /** The place of the token in a login response: a field of the body, at any depth, or a header. */
  readonly tokenIn: { readonly field?: string | undefined; readonly header?: string | undefined }
  /** A well-formed token that was never issued. */
  readonly unknownToken: string
  /** Placeholders of account options, with their defaults. */
  readonly options: Readonly<Record<string, string>>
  /** Regular expressions of marks, by name. */
  readonly patterns: Readonly<Record<string, string>>
  /** Values with marks of headers in any response, by lower-case name. */
  readonly volatileHeaders: ReadonlyMap<string, readonly string[]>
  /** Opens a session for cases that require one. */
  readonly login: Case
  /** Ends a session. */
  readonly logout: Case
  /** A login with a wrong password. */
  readonly wrongLogin: Case
  readonly cases: readonly Case[]
}

interface AnswerDocument {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | null>>
  readonly body?: string
}

type AnswerOrName = string | AnswerDocument

interface CaseDocument {
  readonly name: string
  readonly step: Step
  readonly request: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly opens?: true
  readonly ends?: true
  readonly drops?: true
  readonly keeps?: Readonly<Record<string, string>>
  readonly wait?: NonNullable<Case['wait']>
  readonly unsafe?: string
  readonly source: FactSource
  readonly place: string
  readonly expect: AnswerOrName | Readonly<Record<Fidelity, AnswerOrName>>
}

/** The cases of a product as written, validated by the schema. */
interface CasesDocument {
  readonly product: string
  readonly tokens: { readonly unknown: string; readonly field?: string; readonly header?: string }
  readonly options?: Readonly<Record<string, string>>
  readonly patterns?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, AnswerDocument>>
  readonly login: string
  readonly logout: string
  readonly wrong_login: string
  readonly cases: readonly CaseDocument[]
}

const text = { type: 'string', minLength: 1 } as const
const headers = { type: 'object', additionalProperties: { type: 'string' }, title: 'headers and their values' } as const
const strict = { type: 'object', additionalProperties: false } as const

const answer = {
  ...strict,
  title: 'a response with status, headers and body',
  required: ['status'],
  properties: {
    status: { type: 'integer', minimum: 200, maximum: 599, description: 'HTTP status.' },
    headers: {
      type: 'object',
      additionalProperties: { type: ['string', 'null'] },
      description: 'Headers in addition to those of every response; null for an absent one of these.'
    },
    body: { type: 'string', description: 'Body, with placeholders such as {number} for volatile parts.' }
  }
} as const

const answerOrName = { title: 'a response, or the name of one', anyOf: [text, answer] }

const byFidelity = {
  ...strict,
  title: 'a response for each fidelity',
  required: [...fidelities],
  properties: Object.fromEntries(fidelities.map(name => [name, answerOrName]))
}

const oneCase = {
  ...strict,
  title: 'a case',
  required: ['name', 'step', 'request', 'expect', 'source', 'place'],
  properties: {
    name: { ...text, description: 'Name, unique in the file.' },
    step: { enum: steps, description: 'Phase of the session.' },
    request: { type: 'string', pattern: '^[A-Z]+ /', title: 'a method and a path, such as GET /session' },
    headers: { ...headers, description: 'Headers of the request.' },
    body: { type: 'string', description: 'Body of the request.' },
    opens: { enum: [true], description: 'The response has a new token.' },
    ends: { enum: [true], description: 'The token is invalid afterwards.' },
    drops: { enum: [true], description: 'The token is not used afterwards.' },
    keeps: { type: 'object', additionalProperties: text, description: 'Placeholders for values of the response.' },
    wait: { enum: ['before expiry', 'after expiry'], description: 'Time of the request in the idle time.' },
    unsafe: { ...text, description: 'Reason not to send it to a real server.' },
    source: { enum: factSources, description: 'Source of the fact.' },
    place: { ...text, description: 'Heading of the page of the product.' },
    expect: { title: 'a response, its name, or one for each fidelity', anyOf: [text, answer, byFidelity] }
  }
}

/** The JSON Schema of the cases of a product. */
export const casesSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'the cases of a product',
  ...strict,
  required: ['product', 'tokens', 'login', 'logout', 'wrong_login', 'cases'],
  properties: {
    product: text,
    tokens: {
      ...strict,
      required: ['unknown'],
      description: 'The tokens of the product.',
      properties: {
        unknown: { ...text, description: 'A well-formed token that was never issued.' },
        field: { ...text, description: 'Key or element of a body with the token, at any depth.' },
        header: { ...text, description: 'Response header with the token.' }
      }
    },
    options: { ...headers, title: 'options and their values', description: 'Options of the account, with defaults.' },
    patterns: {
      ...headers,
      title: 'names and regular expressions',
      description: 'Regular expressions of placeholders.'
    },
    headers: { ...headers, description: 'Headers of every response.' },
    shared: { type: 'object', description: 'A place for anchors.' },
    answers: { type: 'object', additionalProperties: answer, description: 'Responses by name.' },
    login: { ...text, description: 'Name of the case that opens a session.' },
    logout: { ...text, description: 'Name of the case that ends a session.' },
    wrong_login: { ...text, description: 'Name of the case of a login with a wrong password.' },
    cases: { type: 'array', minItems: 1, items: oneCase }
  }
}

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
