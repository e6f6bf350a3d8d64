import type { BoundedResource } from '../state/bounds.js'
import { flagOf, type SettingName } from './settings.js'

const flags: Readonly<Record<BoundedResource, SettingName>> = {
  spaces: 'maxSpaces',
  sessions: 'maxSessions',
  names: 'maxNames'
}

const words: Readonly<Record<BoundedResource, (limit: number, space: string) => string>> = {
  spaces: limit => `the limit of ${limit} spaces is reached: each new one replaces the longest idle`,
  sessions: (limit, space) =>
    `the limit of ${limit} open sessions is reached: each new one in space ${space} evicts a long idle one of it`,
  names: (limit, space) =>
    `space ${space} counts for ${limit} logins, the limit: each new one resets the counts of a long idle one`
}

/** `there are 10000 spaces: …; see --max-spaces`. */
export const describeBound = (resource: BoundedResource, limit: number, space: string): string =>
  `${words[resource](limit, space)}; see ${flagOf(flags[resource])}`
