import { type ControlContext, type Endpoint, JsonList } from '../../src/control/endpoint.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import { type Source, sourceOf } from '../../src/scenario/format/source.js'
import type { Scenario } from '../../src/scenario/scenario.js'
import { type createSnapshotReader, SnapshotError } from '../../src/space/read-snapshot.js'
import { snapshotSchema } from '../../src/space/snapshot-schema.js'
import type { SpaceState } from '../../src/space/space-state.js'
import { ref } from './schemas.js'
import { describeSpace } from './spaces.js'

/** Maximum bytes of a snapshot in a request. */
const largest = 67_108_864

const choice = { enum: ['true', 'false'] } as const

const take: Endpoint = {
  method: 'GET',
  path: '/snapshot',
  summary: 'Get the state of a space as one JSON document',
  query: {
    secrets: { ...choice, description: 'With whole tokens: only such a snapshot can be restored.' },
    rows: { ...choice, description: 'With the journal; needs whole tokens.' }
  },
  answers: {
    200: { description: 'The snapshot.', schema: ref('Snapshot') },
    404: { description: 'The scenario has no source text.' }
  },
  run: async request => {
    const { space, context, query } = request
    const { systemClock, catalog, showSecrets } = context
    const rows = query.rows === 'true'
    const whole = query.secrets === undefined ? showSecrets : query.secrets === 'true'
    if (rows && !whole)
      throw inputProblem({ in: 'query', at: 'rows', message: 'the rows have whole tokens: add secrets=true' })
    const savedAt = systemClock.now()
    const { slices } = request.context
    const state = await space.snapshot(slices, { rows })
    const source = await sourceOf(state.scenario, catalog)
    if (!source) throw new Problem(404, 'There is no text', 'The scenario of this space has no source text.')
    const { snapshotDocument } = await import('../../src/space/snapshot-document.js')
    const hide = whole ? undefined : (await import('../../src/space/snapshot-document.js')).hidingOf(space)
    return snapshotDocument(state, { space: space.name, savedAt, source, list: JsonList.of, hide })
  }
}

const restore: Endpoint<SpaceState> = {
  method: 'PUT',
  path: '/snapshot',
  changes: 'one',
  logged: true,
  summary: 'Restore a snapshot: it replaces the state of the space',
  createsSpace: true,
  body: snapshotSchema,
  bodyLimit: largest,
  read: (body, context) => readState(body, context),
  answers: {
    200: { description: 'The restored space.', schema: ref('Space') },
    400: { description: 'The snapshot cannot be restored; nothing is changed.' },
    409: { description: 'The server would have too many sessions.' },
    413: { description: 'The snapshot is too large.' }
  },
  run: async ({ space, body, context }) => {
    await space.restore(body)
    return describeSpace(space, context.products)
  }
}

type Reader = ReturnType<typeof createSnapshotReader>

const readers = new WeakMap<ControlContext, Reader>()

const readState = async (body: unknown, context: ControlContext): Promise<SpaceState> => {
  const reader = readers.get(context) ?? (await createReader(context))
  readers.set(context, reader)
  try {
    return await reader(body, context.slices)
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error
    throw inputProblem(...error.issues.map(issue => ({ in: 'body' as const, ...issue })))
  }
}

const createReader = async (context: ControlContext): Promise<Reader> => {
  const { createSnapshotReader } = await import('../../src/space/read-snapshot.js')
  return createSnapshotReader({ products: context.products, readScenario: source => scenarioOf(source, context) })
}

/** The scenario of a text; the server's own object if its text is the same, to share the memory. */
const scenarioOf = async (source: Source, { spaces, scenario, catalog }: ControlContext): Promise<Scenario> => {
  for (const known of [spaces.scenario, scenario]) {
    const own = await sourceOf(known, catalog)
    if (own?.name === source.name && own.text === source.text) return known
  }
  return (await catalog.read(source)).scenario
}

export const snapshotEndpoints = [take, restore]
