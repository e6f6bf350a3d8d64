import inject from 'light-my-request'
import type { StreamResponse } from '../../src/control/endpoint.js'

/** The body that a response of the control API sends, which has the length that it announces. */
export const bodyOf = async (response: StreamResponse): Promise<string> => {
  const { headers, rawPayload, body } = await inject((_request, reply) => response.send(reply), '/')
  if (headers['content-length'] !== String(rawPayload.length)) throw new Error('the length is wrong')
  return body
}
