#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { products } from '../routes/index.js'
import { cli } from './command/cli.js'

/** Resolves at the first SIGTERM or SIGINT; the second of either ends the process as the system would. */
const stopped = (): Promise<void> =>
  new Promise(resolve => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })

// Whoever stops reading what is written here, as `| head` does, has seen enough: that is no failure.
process.stdout.on('error', () => undefined)

const exitCode = cli({
  argv: process.argv.slice(2),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  version: pkg.version,
  products,
  scenarios: fileURLToPath(new URL('../scenarios/', import.meta.url)),
  stopped
})
void exitCode.then(code => {
  process.exitCode = code
})
