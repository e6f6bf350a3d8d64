import { STATUS_CODES } from 'node:http'
import type { Failure } from '../product/failure.js'

/** The status preferred by the request, with its HTTP reason phrase, if it differs from the product's own. */
export const statusAsked = (
  { detail: { status } }: Failure,
  own: number
): { readonly status: number; readonly text: string } | undefined =>
  status === undefined || status === own ? undefined : { status, text: STATUS_CODES[status] ?? `Status ${status}` }
