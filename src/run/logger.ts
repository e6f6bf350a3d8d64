import type { DestinationStream } from 'pino'
import { escapeControls } from '../base/escape-controls.js'
import type { Environment } from '../config/read-settings.js'
import type { Settings } from '../config/settings.js'
import { type Log, type Output, silent } from './log.js'

/** Creates the log. pino is loaded unless the log is silent, the pretty format only if it is used. */
export const createLog = async (
  { log, logLevel }: Pick<Settings, 'log' | 'logLevel'>,
  output: Output,
  env: Environment
): Promise<Log> => {
  if (logLevel === 'silent') return silent
  const pretty = log === 'pretty' || (log === 'auto' && output.isTTY === true)
  const raw = output.raw ?? output
  const destination = pretty ? await prettyTo(raw, env) : { write: (line: string) => raw.write(escapeControls(line)) }
  const { pino } = await import('./pino.js')
  const lines: Log = pino({ level: logLevel, base: null }, destination as DestinationStream)
  return lines
}

const prettyTo = async (output: Output, env: Environment): Promise<DestinationStream> => {
  const { createPrettyFormatter } = await import('./pretty-log.js')
  const pretty = createPrettyFormatter(isColourful(output, env))
  return { write: line => output.write(pretty(line)) }
}

/** As in Node.js: FORCE_COLOR overrides NO_COLOR; without either, a terminal has colours. */
const isColourful = ({ isTTY }: Output, { FORCE_COLOR, NO_COLOR, TERM }: Environment): boolean => {
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false'
  return isTTY === true && !NO_COLOR && TERM !== 'dumb'
}
