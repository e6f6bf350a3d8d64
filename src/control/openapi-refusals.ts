import inject, { type InjectOptions } from 'light-my-request'
import { type FailureName, failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { IsolatedProduct } from './endpoint.js'

/** A response of the product to a failure. */
export interface Refusal {
  readonly failure: FailureName
  readonly status: number
  /** The media type of the body; empty without a body. */
  readonly type: string
  readonly body: string
  /** Names in lower case, without the headers of HTTP itself. */
  readonly headers: readonly string[]
}

/** Each refusal at this path, requested from the product once per value of `Accept`. */
export const requestRefusals = async (
  app: IsolatedProduct,
  product: Product,
  [method, url]: readonly [method: string, path: string],
  accept: readonly string[] = ['*/*']
): Promise<readonly Refusal[]> =>
  Promise.all(
    accept.flatMap(value =>
      failureNames.map(async failure => {
        const { statusCode, headers, body } = await inject(
          (request, response) => app.handle(request, response, { product }),
          {
            method: method as NonNullable<InjectOptions['method']>,
            url,
            headers: { accept: value, prefer: `fail=${failure}` }
          }
        )
        const [type = ''] = body === '' ? [] : String(headers['content-type'] ?? '').split(';', 1)
        const names = Object.keys(headers).filter(name => !ofHttp.has(name))
        return { failure, status: statusCode, type, body, headers: names }
      })
    )
  )

/** Headers of HTTP itself, left out here: connection, time, body, and the preference by which the response is requested. */
const ofHttp: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'preference-applied',
  'transfer-encoding'
])
