import type { Socket } from 'node:net'

declare module 'http' {
  interface IncomingMessage {
    /** The client of the connection; set at the arrival of the request. */
    peer: Peer
  }
}

/** The client at the other end of a connection. To be read when the connection arrives: a closed socket has no addresses. */
export interface Peer {
  /** Its IP address; `unknown` (RFC 7239, 6.2) if it had closed the connection before the server could read it. */
  readonly address: string
  /** It connected to a loopback address of this machine, or nobody knows to which one. */
  readonly isLocal: boolean
  /** The port that it connected to; 0 if nobody knows. */
  readonly port: number
  /** The connection uses TLS. */
  readonly secure: boolean
}

export const peerOf = (socket: Socket, secure = 'encrypted' in socket): Peer => ({
  address: socket.remoteAddress ?? 'unknown',
  isLocal: socket.localAddress === undefined || /^(?:::ffff:)?127\.|^::1$/.test(socket.localAddress),
  port: socket.localPort ?? 0,
  secure
})
