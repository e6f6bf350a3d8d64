import type { Environment } from '../config/read-settings.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Output } from '../log/log.js'
import type { Product } from '../product/product.js'
import type { ParentProcess } from './parent.js'

/** The external dependencies of the command. */
export interface CommandContext {
  readonly argv: readonly string[]
  readonly env: Environment
  readonly stdout: Output
  readonly stderr: Output
  readonly version: string
  readonly products: readonly Product[]
  /** The endpoints of the control API. */
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** Folder of the shipped scenarios. */
  readonly scenarios: string
  /** Folder of the cases of the products. */
  readonly cases: string
  /** Folder of the built dashboard. */
  readonly dashboard: string
  /** Folder of the clients in other languages. */
  readonly clients: string
  /** Resolves at the first signal to stop. */
  readonly stopped: () => Promise<void>
  /** Handles the signals that would terminate this process. Returns the function that removes the listener. */
  readonly onSignal?: (listener: (signal: NodeJS.Signals) => void) => () => void
  /** Gives signals their default effect, for a command that handles none. */
  readonly endBySignals?: () => void
  /** Handles the end of all timers and I/O of this process. Returns the function that removes the listener. */
  readonly onIdle?: (listener: () => void) => () => void
  /** Undefined if the parent process is not watched. */
  readonly parent?: ParentProcess
  /** The arguments of the server in this container, if any. */
  readonly serverArguments?: () => readonly string[] | undefined
}
