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

/** The parts of an app that is to hold its spaces together with others. */
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
  /** Told what our own code threw. */
  readonly failed: (error: unknown) => void
}

/** What makes an app one of several that hold the same spaces. */
export interface Replication {
  runtimeOf(name: string): SpaceRuntime
  /** A space has not been used here for long. */
  onIdle(space: Space): void
  /** A token leads to a space other than the default one. */
  onToken(product: string, token: string, space: string): void
  /** Called once, when the app is put together. */
  attach(parts: ReplicationParts): { readonly admission: Admission; readonly control: ControlReplication }
  /** The server is to stop: calls of its clients wait no longer. */
  stop(): void
}
