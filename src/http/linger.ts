import type { IncomingMessage, ServerResponse } from 'node:http'

/** Milliseconds without a byte from the client, after which a connection that is to end is cut. */
const patience = 2000

/** Bytes that are still taken in, and thrown away, from a client that goes on sending. */
const mostDiscarded = 64 * 1_048_576

/**
 * Ends the connection after this response although the client still sends. What it sends is read and discarded for a while:
 * a connection that is closed with unread bytes is reset, by which the client may lose the response (RFC 9112, 9.6).
 */
export const endAfterResponse = (request: IncomingMessage, response: ServerResponse): void => {
  response.shouldKeepAlive = false
  if (request.complete) return
  const { socket } = request
  // Node calls it when the response is written.
  socket.destroySoon = () => {
    const limit = socket.bytesRead + mostDiscarded
    socket.end()
    socket.setTimeout(patience, () => socket.destroy())
    request.on('data', () => {
      if (socket.bytesRead > limit) socket.destroy()
    })
    request.once('end', () => socket.destroy())
    request.resume()
  }
}
