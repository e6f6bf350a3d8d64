/** What `/…/i` matches in a text. */
export interface Expression {
  test(text: string): boolean
}

type Engine = typeof import('./re2.js').RE2JS

/** Characters of an expression, and instructions of what it is compiled to: the time that it takes grows by both. */
const limits = { characters: 10_000, instructions: 1_000 }

/** Loaded once for the process, like any module; it is a quarter of a megabyte, and most servers need none of it. */
let engine: Engine | undefined

/** Loads the engine that compiles expressions. It works in linear time: no expression can stall the server. */
export const loadExpressions = async (): Promise<void> => {
  engine ??= (await import('./re2.js')).RE2JS
}

/** Whether a text is written as an expression: slashes around it, and behind the last one nothing but letters that are flags in JavaScript. */
export const isExpression = (text: string): boolean => partsOf(text) !== undefined

/** Whether a value, or one within it down to this depth, is an expression. */
export const holdsExpression = (value: unknown, depth = 4): boolean => {
  if (typeof value === 'string') return isExpression(value)
  if (typeof value !== 'object' || value === null || depth === 0) return false
  return Object.values(value).some(each => holdsExpression(each, depth - 1))
}

/**
 * Whether a YAML or JSON text may hold an expression: a value that begins with a slash, one that ends with a slash and flags, or
 * an escape, which may stand for a slash. It may say so where none is, and never misses one.
 */
export const mayHoldExpression = (text: string): boolean =>
  text.includes('\\') || (/(?:^|[\s"'[{,:])\/./m.test(text) && /\/[dgimsuvy]*(?=[\s"'\]},]|$)/m.test(text))

/**
 * The expression that a text such as `/…/i` writes; undefined where it is no expression. Throws a SyntaxError that says what is
 * wrong and where. The engine must have been loaded.
 */
export const compileExpression = (text: string, caseInsensitive = false): Expression | undefined => {
  const parts = partsOf(text)
  if (!parts) return undefined
  if (!engine) throw new Error('an expression is compiled before its engine is loaded')
  const issue = flagIssue(parts.flags, text) ?? lengthIssue(parts.source) ?? constructIssue(parts.source)
  if (issue !== undefined) throw new SyntaxError(issue)
  return compile(engine, parts.source, caseInsensitive ? `${parts.flags}i` : parts.flags)
}

/** What is wrong with a text that is written as an expression; undefined where nothing is, or where it is none. */
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
  if (wrong !== undefined) return `it has the flag ${wrong}, and the flags are i, m, s and u${literally(text)}`
  const twice = /(.).*\1/.exec(flags)?.[1]
  return twice === undefined ? undefined : `the flag ${twice} is there twice`
}

/** How to write a text that only looks like an expression. */
const literally = (text: string): string =>
  text.length > 40 ? '' : `; if the text itself is meant, write /^${text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}$/`

const lengthIssue = ({ length }: string): string | undefined =>
  length > limits.characters ? `it has ${length} characters; ${limits.characters} are allowed` : undefined

/** Escapes and classes in brackets are passed over whole, as what looks like a construct in them is none. */
const constructs = /\\k<|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]?|\(\?<?[=!]/g

/** What cannot be matched in linear time, by its name and place. */
const constructIssue = (source: string): string | undefined => {
  for (const { 0: found, index } of source.matchAll(constructs)) {
    const name = constructName(found)
    if (name !== undefined)
      return `${name} are not supported, as they have no bound in time: ${found} at character ${index + 2}`
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
  const compiled = readably(() => engine.compile(engine.translateRegExp(source), options))
  const size = compiled.programSize()
  if (size > limits.instructions)
    throw new SyntaxError(
      `it is too large: ${size} instructions, and ${limits.instructions} are allowed; repeat less in it`
    )
  return compiled
}

/** The engine's own error, without what only it can make something of. */
const readably = <Value>(run: () => Value): Value => {
  try {
    return run()
  } catch (error) {
    throw new SyntaxError(error instanceof Error ? error.message.replace('error parsing regexp: ', '') : String(error))
  }
}
