import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fidelity, Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { Source } from '../scenario/format/source.js'
import { readYaml } from '../scenario/format/yaml-document.js'
import { ScenarioError } from '../scenario/validation-issue.js'
import type { Case, Cases, ExpectedAnswer } from './case.js'
import { caseIssues } from './case-checks.js'
import type { AnswerDocument, CaseDocument, CasesDocument } from './case-document.js'
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
    tokenIn: { body: tokens.body === undefined ? undefined : new RegExp(tokens.body), header: tokens.header },
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
