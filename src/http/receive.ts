import type { IncomingMessage } from 'node:http'

/**
 * The bytes of a request's body, as they were sent; undefined where the client went before all had come. Rejects with
 * TooLarge where there are more than the limit.
 */
export const receive = (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  // Of a request that is destroyed no event comes any more.
  if (request.destroyed && !request.readableEnded) return Promise.resolve(undefined)
  const length = Number(request.headers['content-length'])
  if (length > limit) return Promise.reject(new TooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    // To put the pieces of a long body together at its end would be a stall.
    const whole = length >= longBody ? Buffer.allocUnsafe(length) : undefined
    let size = 0
    const take = (chunk: Buffer): void => {
      if (whole) chunk.copy(whole, size)
      size += chunk.length
      if (whole) return
      if (size <= limit) return void chunks.push(chunk)
      request.off('data', take)
      reject(new TooLarge())
    }
    const stop = (): void => resolve(undefined)
    request.on('data', take)
    request.on('end', () => resolve(whole ?? (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))))
    request.on('close', stop)
    request.on('error', stop)
  })
}

/** Bytes of a body from which on it is long. */
export const longBody = 1_048_576

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
