import { createReadStream } from 'node:fs'
import { type JsonPiece, JsonSplitter } from '../base/split-json.js'
import { UserError } from '../base/user-error.js'

/** What a saved run says of itself. */
export interface RunFacts {
  readonly version: string
  readonly startedAt: string
  readonly scenario: string
  readonly requests: number
}

/** Reads a `run.json` of any size through, without keeping it. Throws a UserError where it is none. */
export const checkRun = async (path: string): Promise<RunFacts> => {
  const facts = new Map<string, unknown>()
  let requests = 0
  await read(path, ({ name, value, isItem }) => {
    if (!isItem) facts.set(name, value)
    else if (name === 'rows') requests += 1
  })
  const [version, startedAt, scenario] = [facts.get('version'), facts.get('startedAt'), facts.get('scenario')]
  if (typeof version !== 'string' || typeof startedAt !== 'string' || !hasTitle(scenario))
    throw new UserError(`${path}: no saved run: expected the run.json that --report writes`)
  return { version, startedAt, scenario: scenario.title, requests }
}

const read = async (path: string, found: (piece: JsonPiece) => void): Promise<void> => {
  const splitter = new JsonSplitter(found)
  for await (const bytes of createReadStream(path, { highWaterMark: 1_048_576 }))
    parse(path, () => splitter.push(bytes))
  parse(path, () => splitter.end())
}

const parse = (path: string, step: () => void): void => {
  try {
    step()
  } catch (error) {
    throw new UserError(`${path}: not valid JSON: ${(error as Error).message}`)
  }
}

const hasTitle = (scenario: unknown): scenario is { readonly title: string } =>
  typeof scenario === 'object' && scenario !== null && 'title' in scenario && typeof scenario.title === 'string'
