import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { products } from '../routes/index.js'
import type { Client } from './client/client.js'
import { type ConnectOptions, connectTo } from './client/connect.js'
import { startServer } from './client/start.js'
import type { StartOptions } from './client/start-options.js'

export { UserError } from './base/user-error.js'
export type * from './client/client.js'
export type { ConnectOptions } from './client/connect.js'
export { ControlError } from './client/control-error.js'
export type * from './client/names.js'
export type * from './client/scenario.js'
export type * from './client/shapes.js'
export type { Fidelity, StartOptions } from './client/start-options.js'

/**
 * Starts a server in this process: on a free port of 127.0.0.1 where nothing else is said, or with `port: false` on none.
 * Several may run side by side. Throws a UserError with a line for each wrong option or mistake in the scenario, or the system's
 * error where a port cannot be had.
 */
export const start = (options: StartOptions = {}): Promise<Client> =>
  startServer(options, { version: pkg.version, products, endpoints, scenarios, dashboard })

/**
 * Talks to a server that runs elsewhere, by the URL that it says it listens on, such as `http://127.0.0.1:4100`. Throws an
 * Error where none answers, and a ControlError where it asks for another token.
 */
export const connect = (url: string, options: ConnectOptions = {}): Promise<Client> => connectTo(url, options)

const endpoints = async () => (await import('../routes/control/index.js')).endpoints

const dashboard = fileURLToPath(new URL('../dist/dashboard/', import.meta.url))
const scenarios = fileURLToPath(new URL('../scenarios/', import.meta.url))
