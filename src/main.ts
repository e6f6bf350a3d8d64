#!/usr/bin/env node
import { readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import pkg from '../package.json' with { type: 'json' }
import { URL } from './base/node-globals.js'

/** Whether the process runs under nohup. Node gives every signal its default effect at its start, so that only the traces of nohup tell. */
const isUnderNohup = (): boolean => {
  // Set by shells: the path of the program that they started.
  if (/(?:^|\/)nohup$/.test(process.env._ ?? '')) return true
  try {
    // GNU nohup opens the standard input for writing only. Source: proc(5), /proc/pid/fdinfo, flags in octal.
    const [, access] = /^flags:\s+\d*(\d)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8')) ?? []
    return access === '1' && readlinkSync('/proc/self/fd/0') === '/dev/null'
  } catch {
    return false
  }
}

const stoppingSignals: readonly NodeJS.Signals[] = isUnderNohup()
  ? ['SIGTERM', 'SIGINT']
  : ['SIGTERM', 'SIGINT', 'SIGHUP']
if (!stoppingSignals.includes('SIGHUP')) process.on('SIGHUP', () => undefined)

const endingSignals: readonly NodeJS.Signals[] = [...stoppingSignals, 'SIGQUIT']

/** Signals that came before the command listens. */
const early: NodeJS.Signals[] = []
const keep = (signal: NodeJS.Signals) => void early.push(signal)
// Before anything is loaded: the command is stopped by a signal of its first moment, too.
for (const signal of stoppingSignals) process.on(signal, keep)

const takeEarly = (): NodeJS.Signals[] => {
  for (const signal of stoppingSignals) process.off(signal, keep)
  return early.splice(0)
}

/** Commands that handle no signals end by them. */
const endBySignals = (): void => {
  const [signal] = takeEarly()
  if (signal) process.kill(process.pid, signal)
}

/** Resolves at the first signal to stop. A second SIGTERM or SIGINT terminates the process; a terminal sends SIGHUP twice. */
const stopped = (): Promise<void> =>
  new Promise(resolve => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop)
      resolve()
    }
    for (const signal of stoppingSignals) process.on(signal, stop)
    if (takeEarly().length > 0) stop()
  })

const onSignal = (listener: (signal: NodeJS.Signals) => void): (() => void) => {
  for (const signal of endingSignals) process.on(signal, listener)
  for (const signal of takeEarly()) listener(signal)
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

const run = async (): Promise<number> => {
  const [{ products }, { cli }, { parentProcess }, { serverArguments }] = await Promise.all([
    import('../routes/index.js'),
    import('./cli/commands.js'),
    import('./cli/command-context.js'),
    import('./cli/server-arguments.js')
  ])
  return cli({
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
    endBySignals,
    onIdle,
    parent: parentProcess,
    serverArguments: () => serverArguments(process.argv[1] ?? '')
  })
}

void run().then(code => {
  process.exitCode = code
  // Unread output keeps the process alive.
  setTimeout(() => process.exit(), lastWords).unref()
})
