import type { YAMLError } from 'yaml'

/** The place and the reason of a syntax error, in words without the terms of the YAML grammar. */
export const describeYamlError = (
  { code, message, pos: [at] }: YAMLError,
  text: string
): [offset: number, message: string] => {
  if (message.startsWith('Block scalar header')) {
    const word = /(?<!\S)\S+$/.exec(text.slice(0, at))
    const start = word ? word.index + word[0].search(/[>|]|$/) : at
    return [start, `a text that begins with ${text[start]} must be in quotes`]
  }
  const nested = /compact mappings|within flow collections/.test(message) ? describeNestedMap(text, at) : undefined
  if (nested !== undefined) return [at, nested]
  const indent = indentationErrors.test(`${code} ${message}`) ? describeIndentation(text, at) : undefined
  if (indent) return indent
  for (const [pattern, describe] of messages) if (pattern.test(`${code} ${message}`)) return [at, describe(text, at)]
  return [at, `this cannot be read as YAML: ${message.replace(/\s+/g, ' ')}`]
}

/** `then: fail: forbidden`: a map on the line of its own key, also within braces. */
const describeNestedMap = (text: string, at: number): string | undefined => {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at).trimEnd()
  const key = before.endsWith(':') ? /\w{1,20}$/.exec(before.slice(-21, -1))?.[0] : undefined
  const isFlow = /[{[,]/.test(before)
  const rest = text.slice(at, at + 200)
  const inner = (isFlow ? /^[\w-]+:\s+[^\s#,{}[\]][^\n#,{}[\]]*/ : /^[\w-]+:\s+[^\s#][^\n#]*/).exec(rest)?.[0].trimEnd()
  const holdsKeys = key !== undefined && nesting.includes(key)
  return holdsKeys && inner !== undefined ? `expected keys and values in { }: write ${key}: { ${inner} }` : undefined
}

const nesting = [
  'then',
  'when',
  'reply',
  'headers',
  'header',
  'query',
  'delay',
  'dribble',
  'state',
  'products',
  'accounts'
]

/** Errors of the parser for a wrong indentation or a missing space. */
const indentationErrors =
  /^(?:BAD_INDENT .*same column|BLOCK_AS_IMPLICIT_KEY|MULTILINE_IMPLICIT_KEY|MISSING_CHAR (?:.*- indicator|Implicit map keys)|.*(?:block sequence may not|without - indicator|need to be followed by map values))/

const messages: readonly (readonly [pattern: RegExp, describe: (text: string, at: number) => string])[] = [
  [/^TAB_AS_INDENT/, () => 'expected spaces before this, found a tab'],
  [/^DUPLICATE_KEY/, (text, at) => `the key ${wordAt(text, at)} is repeated`],
  [/^MULTIPLE_DOCS/, () => 'a second document begins here; a scenario is one'],
  [/^BAD_ALIAS .*empty/, () => 'write the asterisk in quotes: "*"'],
  [/^BAD_SCALAR_START/, (text, at) => `a text that begins with ${text[at]} must be in quotes`],
  [
    /^BLOCK_AS_IMPLICIT_KEY .*compact mappings/,
    () =>
      'expected one value here: a text with a colon in it must be in quotes, and keys of one level begin at the same column'
  ],
  [/^MULTILINE_IMPLICIT_KEY/, () => 'expected a key and a colon'],
  [/^BAD_INDENT .*same column/, () => 'expected this at the same column as its neighbours'],
  [/^BAD_INDENT Flow sequence/, () => 'expected the ] that ends a list'],
  [/^BAD_INDENT Flow map/, () => 'expected the } that ends keys and values'],
  [/^MISSING_CHAR .*quote/, () => 'expected the quote that ends this text'],
  [/^UNEXPECTED_TOKEN/, (text, at) => `did not expect ${/^\S*/.exec(text.slice(at, at + 60))?.[0]} here`],
  [/^TAG_RESOLVE_FAILED/, (text, at) => `expected no tag, found ${wordAt(text, at)}`]
]

const wordAt = (text: string, at: number): string => /^[^\s:,[\]{}]{1,60}/.exec(text.slice(at, at + 60))?.[0] ?? ''

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
const describeIndentation = (text: string, at: number): IndentationError | undefined => {
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
  const [, word, rest] = /^([\w-]+):([^\s/].*)$/.exec(text) ?? []
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
