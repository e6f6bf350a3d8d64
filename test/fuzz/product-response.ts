import { spaceName } from '../../src/session/space-values.js'
import { drivers } from '../support/drivers.js'
import { Finding } from './finding.js'
import type { FuzzRequest } from './request.js'
import type { FuzzResponse } from './responses.js'

/** Throws a Finding where a response is a server error, or not the product's own; `request` where it is known. */
export const checkResponse = (response: FuzzResponse, request: FuzzRequest | undefined): void => {
  const { status, body } = response
  const whose = request ? ` to ${request.method} ${request.target.slice(0, 100)}` : ''
  if (status >= 500)
    throw new Finding('an unrequested server error', `${status}${whose}: ${body.slice(0, 200)}`, `${status} ${body}`)
  if (/"(?:code":"FST_|message":"Route )/.test(body) || /^\{"statusCode":\d+,"error":/.test(body))
    throw new Finding("the framework's response", `${status}${whose}: ${body.slice(0, 200)}`)
  const name = request && !namesNoSpace(request) ? productOf(request.target) : undefined
  if (name && !speaks[name]?.(response))
    throw new Finding("the framework's response", `${name} ${status}${whose}: ${body.slice(0, 200)}`)
}

/** A space is refused by name before any product is asked. */
const namesNoSpace = ({ headers }: FuzzRequest): boolean =>
  headers.some(([name, value]) => name === 'X-Mock-Space' && !spaceName.test(value))

/** The product of a path that is written as its clients write it. */
const productOf = (target: string): string | undefined => {
  const path = target.replace(/\?.*$/s, '')
  if (/[%;#]|\/\/|\/\.\.?\/|~/.test(path)) return undefined
  return drivers.find(({ product }) => product.pathPattern.test(path))?.product.name
}

/** How the bodies of each product are told from all others. */
const speaks: Readonly<Record<string, (response: FuzzResponse) => boolean>> = {
  netbrain: ({ body }) =>
    body === '' ||
    /"statusCode":79\d{4},"statusDescription":".*"\}$/s.test(body) ||
    /^\{"(?:access_token":".*|error":"invalid(?: grant type|_client)")\}$/s.test(body),
  videntity: ({ body }) => body === '' || /^<\?xml [^>]*\?>\s*<response\b.*<\/response>\s*$/s.test(body),
  cbrain: ({ status, body }) =>
    body === '' || status < 300 || /^(?:\{"status":\d+,"error":|<\?xml |<html|<!DOCTYPE)/i.test(body),
  hcx: ({ body }) => body === '' || /^\{"success":(?:true|false),"completed":/.test(body)
}
