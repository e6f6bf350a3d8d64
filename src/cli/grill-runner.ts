import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Settings } from '../config/settings.js'
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
  /** For the file of the authority. */
  readonly folder: string
  readonly overlay: Overlay | undefined
  readonly stop: AbortSignal
}

/** The options of all runs of a command. Throws a UserError for an invalid template or certificate. */
export const createRunner = async (
  settings: Settings,
  { words, options, folder, overlay, stop }: RunnerContext,
  context: CommandContext
): Promise<RunnerOptions> => {
  const { products, endpoints, env, version } = context
  const https = settings.httpsPort !== undefined
  const known = placeholdersFor(settings.products ?? products, { https, space: false })
  const templates = parseTemplates(options.env, known)
  const tls = await tlsOf(settings)
  const ca = tls?.ca === undefined ? settings.tlsCert : join(folder, 'ca.pem')
  if (ca !== undefined && tls?.ca !== undefined) await writeFile(ca, tls.ca)
  const { timeout } = options
  return {
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
    ca,
    timeout,
    systemClock,
    stop
  }
}
