import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit
} from 'yaml'
import { isError } from '../../base/node-globals.js'
import { formatPath, type LocatedIssue, type Path, ScenarioError, type ValidationIssue } from '../validation-issue.js'
import type { Check } from './schema-check.js'
import { type Source, scenarioLimit } from './source.js'
import { describeYamlError } from './yaml-errors.js'

/** The value of a text, with the places and source texts of its parts. */
interface YamlDocument {
  readonly value: unknown
  locate(mistake: ValidationIssue): LocatedIssue
  /** The issues that a check finds in the value, and numbers that cannot be kept as they are written. */
  issues(check: Check): ValidationIssue[]
}

/** Parses YAML 1.2, which includes JSON. Throws a ScenarioError. */
export const readYaml = ({ name, text }: Source): YamlDocument => {
  const lines = new LineCounter()
  const placed = (offset: number, message: string, path = ''): LocatedIssue => ({
    file: name,
    ...position(lines, offset),
    path,
    message
  })
  const refuse = (mistakes: readonly LocatedIssue[]) => {
    if (mistakes.length > 0) throw new ScenarioError(mistakes)
  }
  const fault = faultOf(text)
  if (fault) refuse([{ file: name, path: '', ...fault }])
  const attempt = <Value>(read: () => Value): Value => {
    try {
      return read()
    } catch (error) {
      throw new ScenarioError([placed(0, describeThrown(error))])
    }
  }
  const doc = attempt(() => parseDocument(text, { ...options, lineCounter: lines }))
  const errors = [...doc.errors, ...doc.warnings]
  const deep = errors.find(({ message }) => message.includes(overflow))
  if (deep) refuse([placed(deep.pos[0], tooDeep)])
  refuse(onePerLine(errors.map(error => placed(...describeYamlError(error, text)))))
  refuse(attempt(() => lostAliases(doc)).map(([offset, message]) => placed(offset, message)))
  keepTexts(doc)
  const value: unknown = attempt(() => doc.toJS({ maxAliasCount: 100 }))
  const sourceText = (path: Path): string | undefined => {
    const node = doc.getIn(path, true)
    return isScalar(node) && typeof node.source === 'string' ? node.source : undefined
  }
  return {
    value,
    issues: check => {
      const invalid = check(value, sourceText)
      const reported = new Set(invalid.map(({ path }) => formatPath(path)))
      return [...invalid, ...changedNumbers(doc).filter(({ path }) => !reported.has(formatPath(path)))]
    },
    locate: mistake => placed(offsetOf(doc, mistake), mistake.message, formatPath(mistake.path))
  }
}

/** With merge keys, as other tools accept them; without tags beyond those of JSON. */
const options = {
  schema: 'core',
  merge: true,
  resolveKnownTags: false,
  prettyErrors: false,
  logLevel: 'error'
} as const

/** Errors of a text before its YAML syntax. */
const faultOf = (text: string): Pick<LocatedIssue, 'line' | 'column' | 'message'> | undefined => {
  const bytes = Buffer.byteLength(text)
  if (bytes > scenarioLimit)
    return { line: 1, column: 1, message: `a scenario may have ${scenarioLimit} bytes, this has ${bytes}` }
  if (/^\uFEFF?\s*$/.test(text))
    return {
      line: 1,
      column: 1,
      message: 'the document is empty; a scenario has keys such as title, accounts and rules'
    }
  // A replacement character stands for bytes that are not UTF-8.
  const bad = text.search(/[\0\uFFFD]/)
  if (bad < 0) return undefined
  const before = text.slice(0, bad).split('\n')
  return {
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
    message: 'expected YAML or JSON in UTF-8, found other bytes'
  }
}

const overflow = 'call stack'
const tooDeep = 'this is nested too deeply'

const describeThrown = (error: unknown): string => {
  if (error instanceof ReferenceError) return 'its aliases expand beyond the size limit of a scenario'
  if (error instanceof RangeError) return tooDeep
  if (isError(error) && error.message.startsWith('Merge')) return 'expected keys and values after <<'
  throw error
}

/** The first error of each line: one mistake often causes several errors of the parser. */
const onePerLine = (mistakes: readonly LocatedIssue[]): LocatedIssue[] =>
  [...new Map(mistakes.toReversed().map(mistake => [mistake.line, mistake])).values()].sort((a, b) => a.line - b.line)

/** Aliases of unknown anchors, or of anchors that contain the alias itself. */
const lostAliases = (doc: Document.Parsed): [offset: number, message: string][] => {
  const anchors = new Map<string, unknown>()
  const lost: [number, string][] = []
  visit(doc, {
    Node: (_key, node) => {
      if ('anchor' in node && node.anchor) anchors.set(node.anchor, node)
    },
    Alias: (_key, { source, range }, ancestors) => {
      const node = anchors.get(source)
      const at = range?.[0] ?? 0
      if (node === undefined) lost.push([at, `no anchor &${source} precedes this`])
      if (ancestors.some(ancestor => ancestor === node)) lost.push([at, `*${source} would contain itself`])
    }
  })
  return lost
}

const position = (lines: LineCounter, offset: number): { line: number; column: number } => {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

/** The place of a path in the text; for a missing value, the place of the nearest one around it. */
const offsetOf = (doc: Document.Parsed, { path, atKey }: ValidationIssue): number => {
  if (atKey) return keyOffset(doc, path) ?? offsetOf(doc, { path: path.slice(0, -1), message: '' })
  const node = path.length === 0 ? doc.contents : doc.getIn(path, true)
  if (isNode(node) && node.range) return node.range[0]
  return path.length === 0 ? 0 : offsetOf(doc, { path: path.slice(0, -1), message: '' })
}

const keyOffset = (doc: Document.Parsed, path: Path): number | undefined => {
  const parent = path.length === 1 ? doc.contents : doc.getIn(path.slice(0, -1), true)
  if (!isMap(parent)) return undefined
  const key = parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)))?.key
  return isNode(key) ? key.range?.[0] : undefined
}

/**
 * Turns the numbers of headers, and keys that are no texts, into texts with the same characters: a header is a text, and
 * `X-Build: 1.10` differs from 1.1.
 */
const keepTexts = (doc: Document.Parsed): void => {
  visit(doc, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key)) return
      if (key.value !== 'headers' || !isMap(value)) return keepKey(key)
      for (const { value: field } of value.items) for (const each of isSeq(field) ? field.items : [field]) keep(each)
    }
  })
}

const keep = (node: unknown): void => {
  if (isScalar(node) && typeof node.value === 'number' && node.source !== undefined) node.value = node.source
}

/** A merge key has a symbol as its value, and stays. */
const keepKey = (key: Scalar): void => {
  if (['number', 'boolean'].includes(typeof key.value) && key.source !== undefined) key.value = key.source
}

/** Numbers that JavaScript cannot hold as they are written: too many digits, or infinite. */
const changedNumbers = (doc: Document.Parsed): ValidationIssue[] => {
  const issues: ValidationIssue[] = []
  visit(doc, {
    Scalar: (key, { value, source }, ancestors) => {
      if (key === 'key' || typeof value !== 'number' || source === undefined || isKept(source, value)) return
      const path = pathOf(ancestors, key)
      const number = source.length > 60 ? `${source.slice(0, 60)}…` : source
      const text = `${path[0] === 'seed' ? '' : 'as a text, '}in quotes: "${number}"`
      const remedy = path.includes('body')
        ? `write the whole body as a text, or this number ${text}`
        : `write it ${text}`
      const change = Number.isFinite(value) ? `, which would become ${value}` : ''
      issues.push({
        path,
        message: `expected a number that JSON and JavaScript can hold, found ${number}${change}; ${remedy}`
      })
    }
  })
  return issues
}

/** The path of a node by its ancestors; `key`: its index if the last of them is a list. */
const pathOf = (ancestors: readonly unknown[], key: unknown): (string | number)[] => {
  const steps = ancestors.flatMap((ancestor, place): (string | number)[] => {
    if (isPair(ancestor)) return [keyOf(ancestor)]
    if (!isSeq(ancestor)) return []
    return [place === ancestors.length - 1 ? Number(key) : ancestor.items.indexOf(ancestors[place + 1])]
  })
  return steps
}

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key)

const isKept = (source: string, value: number): boolean => {
  if (!Number.isFinite(value)) return false
  if (/^0[xo]/.test(source)) return BigInt(source) === BigInt(value)
  return normalize(source) === normalize(String(value))
}

/** The digits of a decimal number without zeros at both ends, with its exponent. */
const normalize = (text: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return end === 0 ? '0' : `${digits.slice(0, end)}e${Number(exponent) - fraction.length + digits.length - end}`
}
