import type { Command, OptionValues } from 'commander'

/** The options from the command line only: commander adds defaults for negated flags. */
export const givenOptions = (command: Command): OptionValues =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))

/** An argument parser of commander for repeatable options. */
export const repeatable = (value: string, before: string[] = []): string[] => [...before, value]
