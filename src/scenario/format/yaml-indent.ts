/** A line of a text: its offset, its content, and the columns (from 1) of its dash and its key. */
interface Line {
  readonly start: number
  readonly number: number
  readonly text: string
  readonly dash: number | undefined
  readonly key: number
}

type IndentationError = [offset: number, message: string]

/** The error in the indentation or spacing of the line at this offset, or the next one; undefined if none is found. */
export const describeIndentation = (text: string, at: number): IndentationError | undefined => {
  const lines = linesOf(text)
  const index = lines.findLastIndex(({ start }) => start <= at)
  const line = lines[index]
  if (!line) return undefined
  return missingSpace(line) ?? misplaced(lines, index) ?? (isAlone(line, at) ? misplaced(lines, index + 1) : undefined)
}

/** Lines with content. */
const linesOf = (text: string): Line[] => {
  let start = 0
  return text.split('\n').flatMap((text, index) => {
    const [, indent = '', dashes = '', rest = ''] = /^( *)((?:- +)*)(.*)$/s.exec(text) ?? []
    const line = {
      start,
      number: index + 1,
      text: rest.trim(),
      dash: dashes === '' ? undefined : indent.length + 1,
      key: indent.length + dashes.length + 1
    }
    start += text.length + 1
    return /^\s*(?:#|$)/.test(text) ? [] : [line]
  })
}

/** `-on: x` and `then:evict` lack a space. */
const missingSpace = ({ start, key, text }: Line): IndentationError | undefined => {
  if (/^-[^\s-]/.test(text)) return [start + key - 1, `expected a space after the -: - ${text.slice(1)}`]
  const [, word, rest] = /^(\w+):([^\s/].*)$/.exec(text) ?? []
  return word === undefined ? undefined : [start + key - 1, `expected a space after the colon: ${word}: ${rest}`]
}

/** A line with the column of no line above it, and no valid column below the last one. */
const misplaced = (lines: readonly Line[], index: number): IndentationError | undefined => {
  const line = lines[index]
  const above = lines[index - 1]
  if (!line || !above) return undefined
  const column = line.dash ?? line.key
  const aligned = alignedLine(lines.slice(0, index), line)
  if (!aligned) return undefined
  const expected = (line.dash === undefined ? aligned.key : aligned.dash) ?? aligned.key
  if (expected === column) return undefined
  const what = `${line.dash === undefined ? '' : 'the - of '}"${wordOf(line)}"`
  return [
    line.start + column - 1,
    `expected ${what} at column ${expected}, as "${wordOf(aligned)}" of line ${aligned.number}; found it at column ${column}`
  ]
}

/** The line that this one should be aligned with: the nearest by column in an open block, an item for an item. */
const alignedLine = (above: readonly Line[], { dash, key }: Line): Line | undefined => {
  let least = Number.POSITIVE_INFINITY
  const open = above.toReversed().filter(line => {
    const column = dash === undefined ? line.key : line.dash
    const isOpen = column !== undefined && column < least
    least = Math.min(least, line.dash ?? line.key)
    return isOpen
  })
  const far = (line: Line) => Math.abs(dash === undefined ? line.key - key : (line.dash ?? 0) - dash)
  return open.sort((a, b) => far(a) - far(b))[0]
}

const wordOf = ({ text }: Line): string => /^[^\s:]{1,60}/.exec(text)?.[0] ?? text.slice(0, 60)

/** The error is not after this offset of the line. */
const isAlone = ({ start, key, text }: Line, at: number): boolean =>
  !/:\s/.test(text.slice(Math.max(0, at - start - key + 1)))
