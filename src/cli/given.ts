import type { Command } from 'commander'
import type { Flags } from '../config/read-settings.js'

/** The flags that were really given: commander has a default of its own for those that say no. */
export const given = (command: Command): Flags =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))

/** Commander's way to take a value several times. */
export const several = (value: string, before: string[] = []): string[] => [...before, value]
