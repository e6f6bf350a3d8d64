import type { Call } from '../request.js'

export interface Work {
  readonly port: number
  /** The port speaks TLS. */
  readonly overTls?: boolean
  /** One is repeated; several are sent in turns. */
  readonly calls: readonly Call[]
  /** After each answer with a token, the call that ends it is sent. */
  readonly ending?: Ending
  readonly connections: number
  readonly seconds: number
}

/** A call that needs the token of an answer. */
export interface Ending {
  readonly token: { readonly pattern: string } | { readonly header: string }
  /** How long a token is. */
  readonly length: number
  call(token: string): Call
}

export interface Measured {
  readonly requests: number
  readonly perSecond: number
  /** In milliseconds: half of the answers came within this, and 99 of 100. */
  readonly p50: number
  readonly p99: number
}

/** A program that sends requests from a process of its own. */
export interface Load {
  /** Its name and version. */
  readonly tool: string
  /** Throws where an answer was wrong or missing. */
  run(work: Work): Promise<Measured>
}

/** Throws where not all answers were right. */
export const allRight = (measured: Measured, wrong: number): Measured => {
  if (wrong > 0) throw new Error(`${wrong} of ${measured.requests} answers were wrong or missing`)
  if (measured.requests === 0) throw new Error('there was no answer')
  return measured
}
