import type { Command } from 'commander'
import type { Flags } from '../config/read-settings.js'

/** The flags from the command line only: commander adds defaults for negated flags. */
export const given = (command: Command): Flags =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))

/** An argument parser of commander for repeatable flags. */
export const several = (value: string, before: string[] = []): string[] => [...before, value]
