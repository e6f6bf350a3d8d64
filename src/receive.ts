import type { IncomingMessage } from 'node:http'
import { Failure } from './failure.js'

/**
 * The bytes of a request's body, as they were sent; undefined where the client went before all had come. Rejects with a Failure,
 * `too-large`, where there are more than the limit.
 */
export const receive = (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  if (Number(request.headers['content-length']) > limit) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      request.off('data', take)
      reject(tooLarge())
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.once('close', () => resolve(undefined))
    request.once('error', () => resolve(undefined))
  })
}

const tooLarge = (): Failure => new Failure('too-large', { why: { reason: 'too-large' } })
