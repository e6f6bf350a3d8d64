import type { IncomingMessage } from 'node:http'

/**
 * The bytes of a request body; undefined if the client disconnected before its end. Rejects with TooLarge if they exceed the
 * limit.
 */
export const receive = (request: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  // A destroyed request emits no further events.
  if (request.destroyed && !request.readableEnded) return Promise.resolve(undefined)
  const length = Number(request.headers['content-length'])
  if (length > limit) return Promise.reject(new TooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    // Concatenating the chunks of a long body at its end would stall the event loop.
    const buffer = length >= longBody ? Buffer.allocUnsafe(length) : undefined
    let size = 0
    const onData = (chunk: Buffer): void => {
      if (buffer) chunk.copy(buffer, size)
      size += chunk.length
      if (buffer) return
      if (size <= limit) return void chunks.push(chunk)
      request.off('data', onData)
      reject(new TooLarge())
    }
    const onAbort = (): void => resolve(undefined)
    request.on('data', onData)
    request.on('end', () => resolve(buffer ?? (chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))))
    request.on('close', onAbort)
    request.on('error', onAbort)
  })
}

/** Minimum size of a long body in bytes. */
export const longBody = 1_048_576

/** The body exceeds the limit. */
export class TooLarge extends Error {}

/** A body, truncated at a limit. */
export interface Received {
  readonly bytes: Buffer
  /** Further bytes are unread: the connection is to be closed. */
  readonly isCut: boolean
}

/** The body of a request up to the limit in bytes, or up to a disconnect of the client. */
export const receiveUpTo = (request: IncomingMessage, limit: number): Promise<Received> => {
  if (request.destroyed) return Promise.resolve({ bytes: Buffer.alloc(0), isCut: false })
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let left = limit
    const done = (isCut: boolean): void => {
      request.off('data', onData)
      resolve({ bytes: Buffer.concat(chunks), isCut })
    }
    const onData = (chunk: Buffer): void => {
      chunks.push(chunk.subarray(0, left))
      left -= chunk.length
      if (left < 0) done(true)
    }
    request.on('data', onData)
    request.once('end', () => done(false))
    request.once('close', () => done(false))
  })
}
