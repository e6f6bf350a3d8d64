import { type DestinationStream, type Logger, pino } from 'pino'
import type { Environment } from './read-settings.js'
import type { Settings } from './settings.js'

export type { Logger }

/** Where text goes: a stream of the process, or a test's. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The log. Its pretty form is loaded only when it is asked for. */
export const createLog = async (
  { log, logLevel }: Pick<Settings, 'log' | 'logLevel'>,
  output: Output,
  env: Environment
): Promise<Logger> => {
  const pretty = log === 'pretty' || (log === 'auto' && output.isTTY === true)
  const destination = pretty ? await prettyTo(output, env) : output
  return pino({ level: logLevel, base: null }, destination as DestinationStream)
}

const prettyTo = async (output: Output, env: Environment): Promise<DestinationStream> => {
  const { prettily } = await import('./pretty.js')
  const pretty = prettily(isColourful(output, env))
  return { write: line => output.write(pretty(line)) }
}

/** As Node.js itself has it: FORCE_COLOR beats NO_COLOR, and without either a terminal has colours. */
const isColourful = ({ isTTY }: Output, { FORCE_COLOR, NO_COLOR, TERM }: Environment): boolean => {
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTTY === true && !NO_COLOR && TERM !== 'dumb'
}
