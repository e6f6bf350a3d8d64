import { nearest, UserError } from '../../src/base/user-error.js'
import type { ControlContext } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import type { ParsedScenario } from '../../src/scenario/scenario.js'
import { ScenarioError } from '../../src/scenario/validation-issue.js'

/** The scenario in a body: a text, or the name of a shipped one. Throws a Problem with all its errors. */
export const readScenario = async (body: unknown, context: ControlContext): Promise<ParsedScenario> => {
  try {
    return await parseScenario(body, context)
  } catch (error) {
    if (error instanceof ScenarioError)
      throw new Problem(400, 'The scenario has errors', error.message, { errors: error.issues })
    if (error instanceof UserError) throw new Problem(400, 'The scenario has errors', error.message)
    throw error
  }
}

/** The same, but throws a ScenarioError or UserError for an invalid text. */
export const parseScenario = async (body: unknown, { catalog }: ControlContext): Promise<ParsedScenario> => {
  const text = String(body).trim()
  if (text === '')
    throw new Problem(400, 'No scenario', 'The body is empty: send YAML, JSON, or the name of a shipped scenario.')
  const names = await catalog.names()
  if (names.includes(text)) return catalog.find(text)
  if (/^[\w-]+$/.test(text)) throw unknownScenario(text, names)
  return catalog.read({ name: 'body', text: String(body) })
}

export const unknownScenario = (name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names)
  return new Problem(
    400,
    'No such scenario',
    `No scenario called "${name}" is shipped${meant ? `; did you mean ${meant}?` : '; the text of a scenario has more than one word.'}`,
    { scenarios: names }
  )
}
