import fc from 'fast-check'
import { type Ending, endings } from './connection.js'
import { controlRequests, slowSearches, steeringRequests } from './control-requests.js'
import { type LifecycleStep, lifecycles } from './lifecycle.js'
import { preferences, productRequests } from './product-requests.js'
import { bytesOf, type FuzzRequest, isWellFramed } from './request.js'

/** A change of the bytes on the wire, at a place from 0 to 1. */
interface Edit {
  readonly at: number
  readonly kind: 'insert' | 'delete' | 'replace' | 'cut'
  readonly text: string
}

/** What is written on one connection. */
export interface Talk {
  readonly requests: readonly FuzzRequest[]
  readonly edits: readonly Edit[]
  /** Where the bytes are parted, from 0 to 1. */
  readonly cuts: readonly number[]
  readonly ending: Ending
}

/** Connections that are open at once; after them, on a server put back to its beginning, the life of some sessions. */
export interface Batch {
  readonly talks: readonly Talk[]
  /** Whether something in it may have asked for faults, so that any response is right. */
  readonly disturbed: boolean
  readonly lifecycle: readonly LifecycleStep[]
}

export const batches = (): fc.Arbitrary<Batch> => {
  const calm = fc.oneof({ weight: 4, arbitrary: productRequests() }, { weight: 1, arbitrary: controlRequests() })
  const disturbing = fc.oneof(
    { weight: 3, arbitrary: productRequests() },
    {
      weight: 3,
      arbitrary: fc.tuple(productRequests(), preferences).map(([request, prefer]) => preferring(request, prefer))
    },
    { weight: 2, arbitrary: steeringRequests() }
  )
  return fc.oneof({ weight: 3, arbitrary: batchOf(calm, false) }, { weight: 2, arbitrary: batchOf(disturbing, true) })
}

const batchOf = (request: fc.Arbitrary<FuzzRequest>, disturbed: boolean): fc.Arbitrary<Batch> =>
  fc.record({
    talks: fc.array(talkOf(request), { minLength: 1, maxLength: 6 }),
    disturbed: fc.constant(disturbed),
    lifecycle: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: lifecycles() })
  })

const talkOf = (request: fc.Arbitrary<FuzzRequest>): fc.Arbitrary<Talk> =>
  fc.record({
    requests: fc.oneof(
      { weight: 20, arbitrary: fc.array(request, { minLength: 1, maxLength: 4 }) },
      { weight: 1, arbitrary: slowSearches() },
      {
        weight: 4,
        arbitrary: fc.tuple(request, fc.integer({ min: 5, max: 60 })).map(([one, times]) => Array(times).fill(one))
      }
    ),
    edits: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) }
    ),
    cuts: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(place, { maxLength: 4 }) }
    ),
    ending: fc.oneof(
      { weight: 5, arbitrary: fc.constant('wait' as const) },
      { weight: 3, arbitrary: fc.constantFrom(...endings) }
    )
  })

const place = fc.double({ min: 0, max: 1, noNaN: true })

const edit = fc.record({
  at: place,
  kind: fc.constantFrom('insert' as const, 'delete' as const, 'replace' as const, 'cut' as const),
  text: fc.oneof(
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 5 }),
    fc.constantFrom(
      '\r\n',
      '\n',
      '\0',
      ' ',
      ':',
      '\r\n\r\n',
      'HTTP/2.0',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Expect: 100-continue\r\n',
      'Expect: x\r\n',
      'Upgrade: h2c\r\nConnection: upgrade\r\n',
      '\x16\x03\x01',
      'é'
    )
  )
})

const preferring = (request: FuzzRequest, prefer: string): FuzzRequest => ({
  ...request,
  headers: [...request.headers, ['Prefer', prefer]]
})

/** The bytes of a talk, edited, in the pieces in which they are written. */
export const piecesOf = ({ requests, edits, cuts }: Talk): string[] => {
  const whole = requests.map((request, index) => bytesOf(request, index === requests.length - 1)).join('')
  const bytes = edits.reduce(edited, whole)
  const ends = [...cuts.map(at => Math.floor(at * bytes.length)), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end)).filter(piece => piece !== '')
}

const edited = (bytes: string, { at, kind, text }: Edit): string => {
  const index = Math.floor(at * bytes.length)
  if (kind === 'cut') return bytes.slice(0, index)
  const rest = bytes.slice(kind === 'insert' ? index : index + text.length)
  return bytes.slice(0, index) + (kind === 'delete' ? '' : text) + rest
}

/** Whether it is known how many responses are due: all is well formed, and nobody leaves before. */
export const isOrderly = ({ requests, edits, ending }: Talk): boolean =>
  edits.length === 0 && ending !== 'abort' && requests.every(isOrderlyRequest)

/** Node answers some requests itself, and refuses with a closed connection what is beyond its limits. */
const isOrderlyRequest = (request: FuzzRequest): boolean =>
  isWellFramed(request) &&
  request.body.length < 60_000 &&
  headSize(request) < 12_000 &&
  /^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS)$/.test(request.method) &&
  /^\/[\x21-\x7e]*$/.test(request.target) &&
  !request.target.startsWith('/__admin/events') &&
  request.headers.every(([, value]) => /^[\x21-\xff](?:[\x20-\xff]*[\x21-\xff])?$|^$/.test(value))

const headSize = ({ target, headers }: FuzzRequest): number =>
  headers.reduce((size, [name, value]) => size + name.length + value.length + 4, target.length)
