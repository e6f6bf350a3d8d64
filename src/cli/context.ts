import type { Environment } from '../config/read-settings.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Output } from '../log/logger.js'
import type { Product } from '../product/product.js'
import type { ParentProcess } from './parent.js'

/** What the command takes from outside. */
export interface CommandContext {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly stdout: Output
  readonly stderr: Output
  readonly version: string
  readonly products: readonly Product[]
  /** The control API's paths. */
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** The folder of the shipped scenarios. */
  readonly scenarios: string
  /** The folder of the cases of the products. */
  readonly cases: string
  /** The folder of the built dashboard. */
  readonly dashboard: string
  /** The folder of the clients in other languages. */
  readonly clients: string
  /** Resolves at the first signal to stop. */
  readonly stopped: () => Promise<void>
  /** Calls the listener for each signal that asks this process to end, which then does not end; the result stops that. */
  readonly onSignal?: (listener: (signal: NodeJS.Signals) => void) => () => void
  /** Left out where nobody needs to watch it. */
  readonly parent?: ParentProcess
  /** The arguments of the server that this container runs, if it runs one. */
  readonly serverArguments?: () => readonly string[] | undefined
}
