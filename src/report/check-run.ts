import { createReadStream } from 'node:fs'
import { messageOf } from '../base/error-message.js'
import { type JsonPiece, JsonSplitter } from '../base/split-json.js'
import { UserError } from '../base/user-error.js'

/** The summary of a saved run. */
export interface RunFacts {
  readonly version: string
  readonly startedAt: string
  readonly scenario: string
  readonly requests: number
}

/** Validates a `run.json` of any size as a stream. Throws a UserError if it is not one. */
export const checkRun = async (path: string): Promise<RunFacts> => {
  const facts = new Map<string, unknown>()
  let requests = 0
  await readPieces(path, ({ name, value, isItem }) => {
    if (!isItem) facts.set(name, value)
    else if (name === 'rows') requests += 1
  })
  const [version, startedAt, scenario] = [facts.get('version'), facts.get('startedAt'), facts.get('scenario')]
  if (typeof version !== 'string' || typeof startedAt !== 'string' || !hasTitle(scenario))
    throw new UserError(`${path}: not a saved run: expected the run.json that --report writes`)
  return { version, startedAt, scenario: scenario.title, requests }
}

const readPieces = async (path: string, onPiece: (piece: JsonPiece) => void): Promise<void> => {
  const splitter = new JsonSplitter(onPiece)
  for await (const bytes of createReadStream(path, { highWaterMark: 1_048_576 }))
    parse(path, () => splitter.push(bytes))
  parse(path, () => splitter.end())
}

const parse = (path: string, step: () => void): void => {
  try {
    step()
  } catch (error) {
    throw new UserError(`${path}: not valid JSON: ${messageOf(error)}`)
  }
}

const hasTitle = (scenario: unknown): scenario is { readonly title: string } =>
  typeof scenario === 'object' && scenario !== null && 'title' in scenario && typeof scenario.title === 'string'
