import type { IncomingMessage } from 'node:http'

/**
 * The bytes of a request's body, as they were sent; undefined where the client went before all had come. Rejects with
 * TooLarge where there are more than the limit.
 */
export const receive = (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  // Of a request that is destroyed no event comes any more.
  if (request.destroyed && !request.readableEnded) return Promise.resolve(undefined)
  if (Number(request.headers['content-length']) > limit) return Promise.reject(new TooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= limit) return void chunks.push(chunk)
      request.off('data', take)
      reject(new TooLarge())
    }
    const stop = (): void => resolve(undefined)
    request.on('data', take)
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)))
    request.on('close', stop)
    request.on('error', stop)
  })
}

/** A body has more bytes than the limit. */
export class TooLarge extends Error {}

/** What was sent, up to the limit, where nobody needs it to be whole. */
export interface Received {
  readonly bytes: Buffer
  /** There is more, which is left unread: the connection is to be closed. */
  readonly isCut: boolean
}

/** The body of a request, as far as it came or the limit allows; it is not waited for what is beyond. */
export const receiveUpTo = (request: IncomingMessage, limit: number): Promise<Received> => {
  if (request.destroyed) return Promise.resolve({ bytes: Buffer.alloc(0), isCut: false })
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let left = limit
    const done = (isCut: boolean): void => {
      request.off('data', take)
      resolve({ bytes: Buffer.concat(chunks), isCut })
    }
    const take = (chunk: Buffer): void => {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left < 0) done(true)
    }
    request.on('data', take)
    request.once('end', () => done(false))
    request.once('close', () => done(false))
  })
}
