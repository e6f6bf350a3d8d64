#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { products } from '../routes/index.js'
import { URL } from './base/node-globals.js'
import { cli } from './cli/cli.js'
import { parentProcess } from './cli/parent-process.js'
import { serverArguments } from './cli/server-arguments.js'

/** Resolves at the first SIGTERM or SIGINT. The second signal of either kind terminates the process. */
const stopped = (): Promise<void> =>
  new Promise(resolve => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop)
      resolve()
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
  })

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const

const onSignal = (listener: (signal: NodeJS.Signals) => void): (() => void) => {
  for (const signal of endingSignals) process.on(signal, listener)
  return () => {
    for (const signal of endingSignals) process.off(signal, listener)
  }
}

const onIdle = (listener: () => void): (() => void) => {
  process.on('beforeExit', listener)
  return () => void process.off('beforeExit', listener)
}

/** Milliseconds for readers of the output at the end; the rest is dropped. */
const lastWords = 1000

// A closed pipe, as with `| head`, or a full disk is not a failure.
for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)

const exitCode = cli({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version: pkg.version,
  products,
  endpoints: async () => (await import('../routes/control/index.js')).endpoints,
  dashboard: fileURLToPath(new URL('../dist/dashboard/', import.meta.url)),
  scenarios: fileURLToPath(new URL('../scenarios/', import.meta.url)),
  cases: fileURLToPath(new URL('../routes/', import.meta.url)),
  clients: fileURLToPath(new URL('../clients/', import.meta.url)),
  stopped,
  onSignal,
  onIdle,
  parent: parentProcess,
  serverArguments: () => serverArguments(process.argv[1] ?? '')
})
void exitCode.then(code => {
  process.exitCode = code
  // Unread output keeps the process alive.
  setTimeout(() => process.exit(), lastWords).unref()
})
