import type { ErrorObject } from 'ajv'
import { isRecord } from '../../kit/fields.js'
import type { Path } from '../validation-issue.js'

/** The errors of each session, product and rule. Errors under a choice of forms above them stay together. */
export const errorsByPart = (errors: readonly ErrorObject[]): ErrorObject[][] => {
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
export interface RelevantError {
  readonly error: ErrorObject
  readonly form: ErrorObject | undefined
}

/** Of a value with several allowed forms, only the errors of the form with its type; without such a form, only the error of the choice. */
export const relevantErrors = (errors: readonly ErrorObject[]): RelevantError[] => {
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
export const pathOf = (pointer: string, whole: unknown): Path => {
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
