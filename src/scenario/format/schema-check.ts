import { Ajv } from 'ajv'
import { expressionIssue } from '../../base/expression.js'
import type { Product } from '../../product/product.js'
import { describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import { errorsByPart, pathOf, relevantErrors } from './relevant-errors.js'
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
