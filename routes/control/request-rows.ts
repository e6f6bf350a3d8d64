import { filterInSlices } from '../../src/base/in-slices.js'
import type { ControlRequest } from '../../src/control/endpoint.js'
import { entriesOf } from '../../src/control/entries.js'
import { JsonList } from '../../src/control/json-list.js'
import type { Entry } from '../../src/journal/entry.js'
import { Redaction } from '../../src/journal/redaction.js'
import { renderEntry } from '../../src/journal/rendering.js'
import { createFilter, type Filter } from '../../src/journal/search.js'
import { natural } from './schema-parts.js'

export const limitSchema = {
  ...natural,
  description: 'Maximum number of results, newest last; 100 by default.'
} as const

interface Search extends Filter {
  readonly limit?: number
}

/** The current rows of the journal that match, after the members of `facts`. */
export const findRows = async (request: ControlRequest, { limit = 100, ...filter }: Search, facts: object = {}) => {
  const { slices } = request.context
  const dropped = request.spaces.reduce((sum, { journal }) => sum + journal.dropped, 0)
  const all = await filterInSlices(entriesOf(request), createFilter(filter), slices)
  const requests = rowsOf(request, limit === 0 ? [] : all.slice(-limit))
  return { ...facts, count: all.length, dropped, requests }
}

export const rowsOf = ({ context }: ControlRequest, entries: readonly Entry[]) => {
  const redaction = new Redaction()
  return JsonList.of(entries, entry => renderEntry(entry, context.showSecrets, redaction))
}
