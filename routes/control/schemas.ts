import { verdictNames } from '../../src/journal/verdicts.js'
import { fidelities } from '../../src/product/product.js'
import { snapshotSchema } from '../../src/snapshot/schema.js'
import { flag, instant, list, natural, object, positive, text } from './schema-parts.js'
import { requestSchemas, searchSchema } from './schemas/requests.js'
import { scenarioSchemas } from './schemas/scenario.js'
import { sessionSchemas } from './schemas/sessions.js'

/** The named schemas of the OpenAPI description, so that generated clients have named types. */
export const schemas = {
  ...requestSchemas,
  ...sessionSchemas,
  Clock: object(
    { space: text, now: instant, frozen: flag },
    { nextExpiry: { ...instant, description: 'End of the next open session without further use.' } }
  ),
  ...scenarioSchemas,
  Snapshot: snapshotSchema,
  Space: object({
    name: text,
    scenario: text,
    state: text,
    requests: natural,
    sessions: natural,
    now: { ...instant, description: 'Time of its clock.' },
    frozen: flag
  }),
  Hold: object({
    space: text,
    name: text,
    waiting: { ...positive, description: 'Number of held requests.' }
  }),
  WaitedHold: object({
    name: text,
    enough: { ...flag, description: 'Whether the number was reached in time.' },
    waiting: { ...natural, description: 'Number of held requests.' }
  }),
  Verdict: object({
    verdict: { enum: Object.keys(verdictNames) },
    description: text,
    passed: flag,
    findings: list(
      object({
        space: text,
        requests: { ...list(positive), description: 'Numbers of the requests of the finding.' },
        words: text
      })
    )
  }),
  Verdicts: object({ passed: flag, verdicts: list({ $ref: '#/components/schemas/Verdict' }) }),
  Product: object({
    name: text,
    title: text,
    base: text,
    login: { ...text, description: 'A login command.' },
    fidelity: { enum: fidelities },
    operations: list(object({ name: text, summary: text, routes: list(object({ method: text, path: text })) }))
  }),
  Search: searchSchema
} as const

export type SchemaName = keyof typeof schemas

/** A reference to a named schema. */
export const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })
