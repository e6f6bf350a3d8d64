import { STATUS_CODES } from 'node:http'
import type { Failure } from '../product/failure.js'

/** The status and reason phrase requested by a rule or `Prefer`, if it is not `usual`, the product's status of this failure. */
export const requestedStatus = (
  { detail: { status } }: Failure,
  usual: number
): { readonly status: number; readonly text: string } | undefined =>
  status === undefined || status === usual ? undefined : { status, text: STATUS_CODES[status] ?? `Status ${status}` }
