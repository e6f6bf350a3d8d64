import { escapeControls } from '../base/escape-controls.js'
import { formatParts, type RequestLogFields } from './request-log.js'

/** A JSON line of the log. */
interface Line extends Partial<RequestLogFields> {
  readonly level: number
  /** Unix milliseconds. */
  readonly time: number
  readonly msg?: string
  readonly err?: { readonly stack?: string; readonly message?: string }
}

type Paint = (colour: keyof typeof codes, text: string) => string

/** Formats JSON lines for a terminal: requests in colour, warnings and errors with their level. */
export const createPrettyFormatter = (colourful: boolean): ((json: string) => string) => {
  const paint: Paint = (colour, text) => (colourful && text !== '' ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text)
  return json => {
    const line: Line = JSON.parse(json)
    const stack = line.err ? `${indent(escapeControls(line.err.stack ?? line.err.message ?? ''))}\n` : ''
    return `${paint('grey', timeOf(line.time))} ${isRequest(line) ? formatRequest(line, paint) : formatNotice(line, paint)}\n${stack}`
  }
}

const codes = { grey: 90, red: 31, green: 32, yellow: 33, magenta: 35, cyan: 36 } as const

const isRequest = (line: Line): line is Line & RequestLogFields =>
  line.outcome !== undefined && line.status !== undefined

const colours = {
  success: 'green',
  refused: 'yellow',
  broken: 'red',
  left: 'magenta',
  unmatched: 'magenta',
  underway: 'grey'
} as const

const formatRequest = (line: RequestLogFields, paint: Paint): string => {
  const { status, target, login, outcome, took } = formatParts(line)
  const colour = line.status >= 500 && line.outcome === 'refused' ? 'red' : colours[line.outcome]
  const parts = [paint(colour, status), target, paint('cyan', login), paint(colour, outcome), paint('grey', took)]
  return parts.filter(part => part !== '').join(' ')
}

const formatNotice = ({ level, msg: words = '' }: Line, paint: Paint): string => {
  const msg = escapeControls(words)
  if (level >= 50) return `${paint('red', level >= 60 ? 'FATAL' : 'ERROR')} ${msg}`
  if (level >= 40) return `${paint('yellow', 'WARN')} ${msg}`
  return msg
}

/** Local time of day: `15:04:05.123`. */
const timeOf = (ms: number): string => {
  const at = new Date(ms)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}

const indent = (text: string): string => text.replace(/^/gm, '    ')
