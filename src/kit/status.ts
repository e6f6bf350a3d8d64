import { STATUS_CODES } from 'node:http'
import type { Failure } from '../product/failure.js'

/** The status that a request asks for, with its words in HTTP, where it is another than that of the product's own wording. */
export const statusAsked = (
  { detail: { status } }: Failure,
  own: number
): { readonly status: number; readonly text: string } | undefined =>
  status === undefined || status === own ? undefined : { status, text: STATUS_CODES[status] ?? `Status ${status}` }
