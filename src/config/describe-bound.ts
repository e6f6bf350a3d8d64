import type { BoundedThing } from '../state/bounds.js'
import { flagOf, type SettingName } from './settings.js'

const flags: Readonly<Record<BoundedThing, SettingName>> = {
  spaces: 'maxSpaces',
  sessions: 'maxSessions',
  names: 'maxNames'
}

const words: Readonly<Record<BoundedThing, (limit: number, space: string) => string>> = {
  spaces: limit => `there are ${limit} spaces: for each new one, the one idle longest is dropped`,
  sessions: (limit, space) =>
    `space ${space} has ${limit} open sessions: for each new one, one that is idle for long is evicted`,
  names: (limit, space) =>
    `space ${space} counts for ${limit} logins: for each new one, the counts of one not seen for long begin anew`
}

/** `there are 10000 spaces: …; see --max-spaces`. */
export const describeBound = (thing: BoundedThing, limit: number, space: string): string =>
  `${words[thing](limit, space)}; see ${flagOf(flags[thing])}`
