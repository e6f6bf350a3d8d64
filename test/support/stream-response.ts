import inject from 'light-my-request'
import type { StreamResponse } from '../../src/control/endpoint.js'

/** The body of a response of the control API. Throws if its length is not the announced one. */
export const bodyOf = async (response: StreamResponse): Promise<string> => {
  const { headers, rawPayload, body } = await inject((_request, reply) => response.send(reply), '/')
  if (headers['content-length'] !== String(rawPayload.length)) throw new Error('the length is wrong')
  return body
}
