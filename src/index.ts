import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { products } from '../routes/index.js'
import { URL } from './base/node-globals.js'
import type { Client } from './client/client.js'
import { type ConnectOptions, connectTo } from './client/connect.js'
import type { StartOptions } from './client/options.js'
import { startServer } from './client/start.js'
import { systemClock } from './session/clock.js'

export { UserError } from './base/errors.js'
export type * from './client/client.js'
export type { ConnectOptions } from './client/connect.js'
export { ControlError, spaceNameOf } from './client/create-client.js'
export type * from './client/names.js'
export type { Fidelity, StartOptions } from './client/options.js'
export type * from './client/row-types.js'
export type * from './client/scenario-types.js'

/**
 * Starts a server in this process, by default on a free port of 127.0.0.1, or with `port: false` without a port. Several
 * servers can run in one process. Throws a UserError with one line per invalid option or problem of the scenario, or the error
 * of the system if a port is not available.
 */
export const start = (options: StartOptions = {}): Promise<Client> =>
  startServer(options, { version: pkg.version, products, endpoints, scenarios, dashboard, systemClock })

/**
 * Connects to a running server by its URL, such as `http://127.0.0.1:4100`. Throws a ControlError if it does not respond, or rejects the
 * token, and a UserError for an invalid URL or timeout.
 */
export const connect = (url: string, options: ConnectOptions = {}): Promise<Client> => connectTo(url, options)

const endpoints = async () => (await import('../routes/control/index.js')).endpoints

const dashboard = fileURLToPath(new URL('../dist/dashboard/', import.meta.url))
const scenarios = fileURLToPath(new URL('../scenarios/', import.meta.url))
