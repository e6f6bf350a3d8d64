import inject, { type InjectOptions } from 'light-my-request'
import { type FailureName, failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { IsolatedProduct } from './endpoint.js'

/** A refusal as the product answers it. */
export interface Refusal {
  readonly failure: FailureName
  readonly status: number
  /** The media type of the body; empty where there is no body. */
  readonly type: string
  readonly body: string
  /** Names in lower case, without those that HTTP itself needs. */
  readonly headers: readonly string[]
}

/** Each refusal at this path, requested from the product once per value of `Accept`. */
export const askRefusals = async (
  app: IsolatedProduct,
  product: Product,
  [method, url]: readonly [method: string, path: string],
  accept: readonly string[] = ['*/*']
): Promise<readonly Refusal[]> =>
  Promise.all(
    accept.flatMap(value =>
      failureNames.map(async failure => {
        const real = failure === 'method-not-allowed'
        const { statusCode, headers, body } = await inject(
          (request, response) => app.handle(request, response, { product }),
          {
            // A wrong method has its `Allow` from the router.
            method: (real ? 'PATCH' : method) as NonNullable<InjectOptions['method']>,
            url,
            headers: { accept: value, ...(!real && { prefer: `fail=${failure}` }) }
          }
        )
        const [type = ''] = body === '' ? [] : String(headers['content-type'] ?? '').split(';', 1)
        const names = Object.keys(headers).filter(name => !ofHttp.has(name))
        return { failure, status: statusCode, type, body, headers: names }
      })
    )
  )

/** Headers that no description has: of the connection, the time and the body. */
const ofHttp: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding'
])
