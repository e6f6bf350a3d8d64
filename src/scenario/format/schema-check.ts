import { Ajv, type ErrorObject } from 'ajv'
import { expressionIssue } from '../../base/expression.js'
import { isRecord } from '../../product/fields.js'
import type { Product } from '../../product/product.js'
import { describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import { scenarioSchema } from './schema.js'
import { describeError } from './schema-messages.js'

/** All issues of a value. `sourceText`: the text of the value at a path in its source, if it has one. */
export type Check = (value: unknown, sourceText?: (path: Path) => string | undefined) => ValidationIssue[]

/** Checks values against the schema of scenarios. */
export const createCheck = (products: readonly Product[]): Check => createChecks()(scenarioSchema(products))

/** Compiles schemas to checks with the same messages: of all errors, or of the first with `allErrors: false`. */
export const createChecks = ({ allErrors = true } = {}): ((schema: object) => Check) => {
  const ajv = new Ajv({ ...options, allErrors })
  ajv.addFormat('date-time', text => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)))
  ajv.addFormat('match', text => expressionIssue(text) === undefined)
  return schema => {
    const validate = ajv.compile(schema)
    return (value, sourceText = () => undefined) => {
      validate(value)
      return errorsByPart(validate.errors ?? []).flatMap(errors =>
        relevantErrors(errors).map(({ error, form }) => {
          const path = pathOf(error.instancePath, value)
          const found =
            typeof error.data === 'number' ? (sourceText(path) ?? describeValue(error.data)) : describeValue(error.data)
          return describeError({ ...error, path, found, form }, schema)
        })
      )
    }
  }
}

/** Tests check the schemas: compiling the schema of schemas would take 20 ms. */
const options = { verbose: true, strict: true, allowUnionTypes: true, strictTypes: false, validateSchema: false }

/** The errors of each session, product and rule. Errors under a choice of forms above them stay together. */
const errorsByPart = (errors: readonly ErrorObject[]): ErrorObject[][] => {
  const parts = new Map<string, ErrorObject[]>()
  const choices = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  for (const error of errors) {
    const [, key, index] = error.instancePath.split('/', 3)
    const part = ['', `/${key}`].find(path => choices.has(path)) ?? `/${key}/${index}`
    const known = parts.get(part)
    if (known) known.push(error)
    else parts.set(part, [error])
  }
  return [...parts.values()]
}

/** An error, with the choice of forms that it belongs to. */
interface RelevantError {
  readonly error: ErrorObject
  readonly form: ErrorObject | undefined
}

/** Of a value with several allowed forms, only the errors of the form with its type; without such a form, only the error of the choice. */
const relevantErrors = (errors: readonly ErrorObject[]): RelevantError[] => {
  const forms = errors.filter(({ keyword }) => keyword === 'anyOf')
  const irrelevant = forms.flatMap(form => {
    const branches = [...new Set(errors.map(error => branchOf(form, error)).filter(branch => branch !== undefined))]
    const missed = branches.filter(branch =>
      errors.some(error => branchOf(form, error) === branch && isAnotherType(form, error))
    )
    const meant = branches.length > missed.length
    return [...(meant ? [form] : []), ...errors.filter(error => isIn(missed, branchOf(form, error)))]
  })
  const dropped = new Set(irrelevant)
  return errors
    .filter(error => !dropped.has(error) && error.keyword !== 'propertyNames' && error.keyword !== 'if')
    .map(error => ({
      error,
      form: forms.find(form => form.instancePath === error.instancePath && branchOf(form, error) !== undefined)
    }))
}

const isIn = (branches: readonly string[], branch: string | undefined): boolean =>
  branch !== undefined && branches.includes(branch)

/** The form of an error in a choice of forms, by its path in the schema. */
const branchOf = (form: ErrorObject, { schemaPath, instancePath }: ErrorObject): string | undefined => {
  if (!schemaPath.startsWith(`${form.schemaPath}/`) || !instancePath.startsWith(form.instancePath)) return undefined
  return schemaPath.slice(form.schemaPath.length + 1).split('/', 1)[0]
}

const isAnotherType = (form: ErrorObject, { keyword, instancePath }: ErrorObject): boolean =>
  keyword === 'type' && instancePath === form.instancePath

/** The steps of a JSON pointer; an index of a list is a number. */
const pathOf = (pointer: string, whole: unknown): Path => {
  let at = whole
  return pointer
    .split('/')
    .slice(1)
    .map(escaped => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(at) ? Number(key) : key
      at = Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined
      return step
    })
}
