import type { Settings } from '../config/settings.js'
import { writeAuthority } from '../exec/command.js'
import { parseTemplates, placeholdersFor } from '../exec/variables.js'
import type { RunnerOptions } from '../grill/runner.js'
import type { Overlay } from '../overlay/overlay.js'
import { tlsOf } from '../startup/from-settings.js'
import { systemClock } from '../state/clock.js'
import type { CommandContext } from './context.js'
import type { GrillSettings } from './grill-options.js'
import { catalogOf } from './scenario-commands.js'

export interface RunnerContext {
  /** The command and its arguments. */
  readonly words: readonly string[]
  readonly options: GrillSettings
  readonly overlay: Overlay | undefined
  readonly stop: AbortSignal
}

/** The options of all runs of a command, until `close`. Throws a UserError for an invalid template or certificate. */
export const createRunner = async (
  settings: Settings,
  { words, options, overlay, stop }: RunnerContext,
  context: CommandContext
): Promise<{ readonly runner: RunnerOptions; close(): Promise<void> }> => {
  const { products, endpoints, env, version } = context
  const https = settings.httpsPort !== undefined
  const known = placeholdersFor(settings.products ?? products, { https, space: false })
  const templates = parseTemplates(options.env, known)
  const tls = await tlsOf(settings)
  const authority = tls?.ca === undefined ? undefined : await writeAuthority(tls.ca)
  const { timeout } = options
  const runner = {
    words,
    env,
    templates,
    settings,
    overlay,
    products,
    endpoints,
    catalog: catalogOf(context),
    version,
    tls,
    ca: authority?.path ?? settings.tlsCert,
    timeout,
    systemClock,
    stop
  }
  return { runner, close: async () => authority?.remove() }
}
