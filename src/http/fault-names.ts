/** Ways in which a connection breaks during a response, with their descriptions. */
export const faults = {
  reset: 'the connection is reset (TCP RST) and nothing is sent',
  empty: 'the connection is closed and nothing is sent',
  truncate: 'the connection is closed within the body, before its announced length',
  garbage: 'bytes that are not HTTP are sent, then the connection is closed',
  malformed: 'a valid status line and an invalid chunk are sent, then the connection is closed',
  hang: 'nothing is sent and the connection stays open'
} as const

export type Fault = keyof typeof faults

export const faultNames = Object.keys(faults) as Fault[]
