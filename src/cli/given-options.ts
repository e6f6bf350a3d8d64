import type { Command, OptionValues } from 'commander'
import { nearest } from '../base/user-error.js'

/** The options from the command line only: commander adds defaults for negated flags. */
export const givenOptions = (command: Command): OptionValues =>
  Object.fromEntries(Object.entries(command.opts()).filter(([name]) => command.getOptionValueSource(name) === 'cli'))

/** A line for each option that is none of the command, for one with `allowUnknownOption`. */
export const unknownOptions = (command: Command): string[] =>
  command.args
    .filter(word => /^-./.test(word))
    .map(word => {
      const [flag = ''] = word.split('=', 1)
      const known = command.options.flatMap(({ long }) => (long ? [long] : []))
      const meant = nearest(flag, known)
      return `unknown option '${flag}'${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })

/** An argument parser of commander for repeatable options. */
export const repeatable = (value: string, before: string[] = []): string[] => [...before, value]
