import type { ControlContext, ControlReplication, Endpoint } from '../control/endpoint.js'
import type { Admission } from '../exchange/admission.js'
import type { ExchangeListener, Recorder } from '../exchange/recorder.js'
import type { Events } from '../journal/events.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Space } from '../space/space.js'
import type { SpaceDeps } from '../space/space-deps.js'
import type { SpaceRuntime } from '../space/space-runtime.js'
import type { Spaces } from '../space/spaces.js'

/** The parts of an app that shares its spaces with other processes. */
export interface ReplicationParts {
  readonly spaces: Spaces
  readonly spaceDeps: SpaceDeps
  readonly scenario: Scenario
  readonly products: readonly Product[]
  readonly events: Events
  readonly recorder: Recorder
  readonly onExchange: ExchangeListener
  readonly context: Omit<ControlContext, 'endpoints'>
  readonly endpoints: () => Promise<readonly Endpoint[]>
  readonly spaceIdle: number
  readonly maxSpaces: number
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Makes an app a replica: one of several processes with the same spaces. */
export interface Replication {
  runtimeOf(name: string): SpaceRuntime
  /** Called for a space without requests in this process for long. */
  onIdle(space: Space): void
  /** Called for each new token of a space other than the default one. */
  onToken(product: string, token: string, space: string): void
  /** Called once, by the composition root. */
  attach(parts: ReplicationParts): { readonly admission: Admission; readonly control: ControlReplication }
  /** Continues the waiting requests of the clients of this process, before the server stops. */
  stop(): void
}
