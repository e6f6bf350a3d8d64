import type { DestinationStream } from 'pino'
import type { Environment } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'

/** Writes a line, with facts beside its words where there are any. */
interface Say {
  (words: string): void
  (facts: object, words: string): void
}

export interface Log {
  readonly info: Say
  readonly warn: Say
  readonly error: Say
  isLevelEnabled(level: string): boolean
}

/** Where text goes: a stream of the process, or a test's. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The log. What it is written with is loaded only where anything is to be written, and its pretty form when that is asked for. */
export const createLog = async (
  { log, logLevel }: Pick<Settings, 'log' | 'logLevel'>,
  output: Output,
  env: Environment
): Promise<Log> => {
  if (logLevel === 'silent') return silent
  const pretty = log === 'pretty' || (log === 'auto' && output.isTTY === true)
  const destination = pretty ? await prettyTo(output, env) : output
  const { pino } = await import('./pino.js')
  const lines: Log = pino({ level: logLevel, base: null }, destination as DestinationStream)
  return lines
}

/** Says nothing. */
export const silent: Log = {
  isLevelEnabled: () => false,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined
}

const prettyTo = async (output: Output, env: Environment): Promise<DestinationStream> => {
  const { createPrettyFormatter: prettily } = await import('./pretty.js')
  const pretty = prettily(isColourful(output, env))
  return { write: line => output.write(pretty(line)) }
}

/** As Node.js itself has it: FORCE_COLOR beats NO_COLOR, and without either a terminal has colours. */
const isColourful = ({ isTTY }: Output, { FORCE_COLOR, NO_COLOR, TERM }: Environment): boolean => {
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTTY === true && !NO_COLOR && TERM !== 'dumb'
}
