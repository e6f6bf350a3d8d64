import type { IncomingMessage, ServerResponse } from 'node:http'

/** Milliseconds without a byte from the client, after which the connection is destroyed. */
const idleTimeout = 2000

/** Maximum number of discarded bytes. */
const maxDiscarded = 64 * 1_048_576

/**
 * Ends the connection after this response, even if the client is still sending. Further bytes are read and discarded for a while:
 * closing with unread bytes resets the connection, and the client may lose the response (RFC 9112, 9.6).
 */
export const endAfterResponse = (request: IncomingMessage, response: ServerResponse): void => {
  response.shouldKeepAlive = false
  if (request.complete) return
  const { socket } = request
  // Node calls it after writing the response.
  socket.destroySoon = () => {
    const limit = socket.bytesRead + maxDiscarded
    socket.end()
    socket.setTimeout(idleTimeout, () => socket.destroy())
    request.on('data', () => {
      if (socket.bytesRead > limit) socket.destroy()
    })
    request.once('end', () => socket.destroy())
    request.resume()
  }
}
