import type { ControlRequest } from '../../src/control/endpoint.js'
import { type InputError, inputProblem } from '../../src/http/problem.js'
import { unknownValues } from '../../src/journal/closed-sets.js'
import type { Filter } from '../../src/journal/search.js'

/** Throws a Problem if a search has a value that no request can have. `at`: the path to the search of that index. */
export const checkFilters = (
  { context }: ControlRequest,
  part: InputError['in'],
  filters: readonly Filter[],
  at: (index: number) => string = () => ''
): void => {
  const errors = filters.flatMap((filter, index) =>
    unknownValues(filter, context.products).map(({ key, message }) => ({ in: part, at: `${at(index)}${key}`, message }))
  )
  if (errors.length > 0) throw inputProblem(...errors)
}
