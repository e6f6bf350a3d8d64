import { UserError } from '../base/user-error.js'
import { isRecord } from '../kit/fields.js'
import { placeId } from './place.js'
import { recordFile, scenarioFile } from './plan.js'
import { countOutcomes, findingKey, type GrillFinding, type GrillSummary } from './summary.js'

/** The content of `grill.json`. Times in milliseconds. */
export const createJson = (summary: GrillSummary) => {
  const { version, words, startedAt, milliseconds, baseline, planned, chosen, seed, results, findings } = summary
  return {
    version,
    command: words,
    startedAt,
    milliseconds,
    interrupted: summary.interrupted,
    baseline: {
      calls: baseline.calls,
      milliseconds: baseline.milliseconds,
      deterministic: !baseline.differ,
      places: baseline.places.map(placeId)
    },
    plan: { cases: planned, chosen: chosen.length, seed },
    outcomes: countOutcomes(results),
    cases: results.map(({ case: each, outcome, exitCode, signal, milliseconds }) => ({
      number: each.number,
      id: each.id,
      fault: each.fault,
      title: each.title,
      outcome,
      exitCode,
      ...(signal !== undefined && { signal }),
      milliseconds
    })),
    findings: findings.map(each => describeFinding(each, summary))
  }
}

const describeFinding = ({ id, misbehaviour, result, known }: GrillFinding, { baseline, again }: GrillSummary) => {
  const lines = result?.requests ?? baseline.requests
  return {
    id,
    misbehaviour: misbehaviour.name,
    words: misbehaviour.words,
    known,
    requests: misbehaviour.requests.map(number => lines.get(number) ?? `request ${number}`),
    ...(result && { scenario: scenarioFile(result.case), record: recordFile(result.case) }),
    again: again(result ? scenarioFile(result.case) : ''),
    ...(result && { output: result.output })
  }
}

/** The keys of the findings in an earlier `grill.json`. Throws a UserError if the text is not one. */
export const readAccepted = (text: string, name: string): Set<string> => {
  const wrong = () => new UserError(`--accept "${name}": expected a grill.json, as --report writes it`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw wrong()
  }
  if (!isRecord(json) || !Array.isArray(json.findings)) throw wrong()
  return new Set(
    json.findings.map((each: unknown) => {
      if (!isRecord(each) || typeof each.id !== 'string' || typeof each.misbehaviour !== 'string') throw wrong()
      return findingKey(each.id, each.misbehaviour)
    })
  )
}
