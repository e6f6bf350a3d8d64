import { list, natural, object, positive, text, timeSchema } from '../schema-parts.js'

/** The scenario of a space, and the errors of one. */
export const scenarioSchemas = {
  Scenario: object(
    {
      space: text,
      title: text,
      state: text,
      rules: list(
        object(
          {
            number: positive,
            rule: { ...text, description: 'Name or number of the rule, with file and line.' },
            sentence: { ...text, description: 'The rule as a sentence, with its count.' },
            matched: natural,
            played: natural
          },
          {
            until: {
              ...timeSchema,
              description:
                'End of a rule with `for` by the clock of the space, after its first match; with `per`, the latest end.'
            }
          }
        )
      )
    },
    {
      stateUntil: { ...timeSchema, description: 'End of a temporary state by the clock of the space.' },
      seed: { type: ['string', 'number'] },
      warnings: { ...list({ $ref: '#/components/schemas/Mistake' }), description: 'Warnings about likely errors.' }
    }
  ),
  Mistake: object({ file: text, line: positive, column: positive, path: text, message: text })
} as const
