import type { Call } from '../request.js'

export interface Work {
  readonly port: number
  /** One is repeated; several are sent in turns. */
  readonly calls: readonly Call[]
  readonly connections: number
  readonly seconds: number
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
