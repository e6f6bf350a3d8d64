import { UserError } from '../../src/base/user-error.js'
import type { Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import { ScenarioError } from '../../src/scenario/validation-issue.js'
import { parseScenario } from './scenario-input.js'
import { flag, list, mistakeSchema, natural, object, text } from './schema-parts.js'
import { ref } from './schemas.js'

export const validateScenario: Endpoint = {
  method: 'POST',
  path: '/scenario/validate',
  stateless: true,
  summary: 'Validate the text of a scenario: errors with their lines, rules as sentences; nothing changes',
  text: true,
  answers: {
    200: {
      description: 'Its errors, or its rules as sentences.',
      schema: object(
        { valid: flag, errors: list(mistakeSchema), warnings: list(ref('Mistake')) },
        { title: text, rules: list(object({ number: natural, rule: text, sentence: text })) }
      )
    }
  },
  run: async ({ body, context }) => {
    try {
      const { scenario, warnings } = await parseScenario(body, context)
      const rules = scenario.rules.map(({ number, title, sentence }) => ({ number, rule: title, sentence }))
      return { valid: true, errors: [], warnings, title: scenario.title, rules }
    } catch (error) {
      return { valid: false, errors: errorsOf(error), warnings: [] }
    }
  }
}

const errorsOf = (error: unknown): readonly object[] => {
  if (error instanceof ScenarioError) return error.issues
  if (error instanceof UserError || error instanceof Problem) return [{ message: error.message }]
  throw error
}
