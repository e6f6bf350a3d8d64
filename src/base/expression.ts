import { isError } from './node-globals.js'

/** A compiled regular expression. */
interface Expression {
  test(text: string): boolean
}

type Engine = typeof import('./re2.js').RE2JS

/**
 * Maximum size of an expression, in characters, and of its program, in instructions. Matching time grows with both, except that of
 * a plain text, which needs no program.
 */
const limits = { characters: 10_000, instructions: 1_000 }

/** Loaded once per process, like a module: it has a quarter of a megabyte, and most servers need none of it. */
let engine: Engine | undefined

/** Loads the regular expression engine. It runs in linear time, so that no expression can block the server. */
export const loadExpressions = async (): Promise<void> => {
  engine ??= (await import('./re2.js')).RE2JS
}

/** Whether a text is written as `/…/flags`, with any flags of JavaScript. */
export const isExpression = (text: string): boolean => partsOf(text) !== undefined

/** Whether a value, or a nested one up to this depth, is an expression. */
export const containsExpression = (value: unknown, depth = 4): boolean => {
  if (typeof value === 'string') return isExpression(value)
  if (typeof value !== 'object' || value === null || depth === 0) return false
  return Object.values(value).some(each => containsExpression(each, depth - 1))
}

/**
 * Whether a YAML or JSON text may contain an expression: a value that begins with a slash, one that ends with a slash and
 * flags, or an escape, which may encode a slash. May return true without one, but never misses one.
 */
export const mayContainExpression = (text: string): boolean =>
  text.includes('\\') || (/(?:^|[\s"'[{,:])\/./m.test(text) && /\/[dgimsuvy]*(?=[\s"'\]},]|$)/m.test(text))

/**
 * Compiles a text such as `/…/i`; undefined if it is not an expression. Throws a SyntaxError with the problem and its position.
 * Requires `loadExpressions`.
 */
export const compileExpression = (text: string, caseInsensitive = false): Expression | undefined => {
  const parts = partsOf(text)
  if (!parts) return undefined
  if (!engine) throw new Error('an expression is compiled before its engine is loaded')
  const issue = flagIssue(parts.flags, text) ?? lengthIssue(parts.source) ?? constructIssue(parts.source)
  if (issue !== undefined) throw new SyntaxError(issue)
  return compile(engine, parts.source, caseInsensitive ? `${parts.flags}i` : parts.flags)
}

/** The problem of an expression; undefined for a valid one, and for other texts. */
export const expressionIssue = (text: string): string | undefined => {
  try {
    compileExpression(text)
    return undefined
  } catch (error) {
    if (error instanceof SyntaxError) return error.message
    throw error
  }
}

const partsOf = (text: string): { readonly source: string; readonly flags: string } | undefined => {
  const end = text.lastIndexOf('/')
  if (end < 2 || text[0] !== '/') return undefined
  const flags = text.slice(end + 1)
  return /^[dgimsuvy]*$/.test(flags) ? { source: text.slice(1, end), flags } : undefined
}

const flagIssue = (flags: string, text: string): string | undefined => {
  const wrong = /[^imsu]/.exec(flags)?.[0]
  if (wrong !== undefined) return `the flag ${wrong} is not supported, only i, m, s and u${literalHint(text)}`
  const twice = /(.).*\1/.exec(flags)?.[1]
  return twice === undefined ? undefined : `the flag ${twice} is repeated`
}

/** The way to write a text that only looks like an expression. */
const literalHint = (text: string): string =>
  text.length > 40 ? '' : `; if the text itself is meant, write /^${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`

const lengthIssue = ({ length }: string): string | undefined =>
  length > limits.characters ? `it has ${length} characters; ${limits.characters} are allowed` : undefined

/** Escapes and bracket classes match first, as a construct inside of them is none. */
const constructs = /\\k<|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]?|\(\?<?[=!]/g

/** The first construct that cannot run in linear time, with its position. */
const constructIssue = (source: string): string | undefined => {
  for (const { 0: found, index } of source.matchAll(constructs)) {
    const name = constructName(found)
    if (name !== undefined)
      return `${name} are not supported, since their time is unlimited: ${found} at character ${index + 2}`
  }
  return undefined
}

const constructName = (found: string): string | undefined => {
  if (found.startsWith('(?<')) return 'look-behinds'
  if (found.startsWith('(?')) return 'look-aheads'
  return /^\\[1-9k]/.test(found) ? 'back-references' : undefined
}

const compile = (engine: Engine, source: string, flags: string): Expression => {
  const letters = new Set(flags)
  const options =
    (letters.has('i') ? engine.CASE_INSENSITIVE : 0) |
    (letters.has('m') ? engine.MULTILINE : 0) |
    (letters.has('s') ? engine.DOTALL : 0)
  const compiled = withReadableError(() => engine.compile(engine.translateRegExp(source), options))
  const size = compiled.programSize()
  const plain = size > limits.instructions ? plainText(source, letters.has('i')) : undefined
  if (plain) return plain
  if (size > limits.instructions)
    throw new SyntaxError(
      `it is too large: ${size} instructions, and ${limits.instructions} are allowed; use fewer repetitions`
    )
  return compiled
}

/** A search for a text without operators; undefined for another expression. */
const plainText = (source: string, caseInsensitive: boolean): Expression | undefined => {
  if (!/^(?:[^\\^$.*+?()[\]{}|]|\\[^\w\s])*$/.test(source)) return undefined
  const fold = (text: string): string => (caseInsensitive ? text.toLowerCase() : text)
  const wanted = fold(source.replace(/\\(.)/g, '$1'))
  return { test: text => fold(text).includes(wanted) }
}

/** Removes the prefix that the engine adds to its messages. */
const withReadableError = <Value>(run: () => Value): Value => {
  try {
    return run()
  } catch (error) {
    throw new SyntaxError(isError(error) ? error.message.replace('error parsing regexp: ', '') : String(error))
  }
}
