import { UserError } from '../base/user-error.js'
import type { Registered } from './registry.js'

/** Throws a UserError if this process and the other replicas differ in version or settings. `shown`: the address of the store, for the message. */
export const checkAgreement = (own: Registered, found: Registered, shown: string): void => {
  if (found.version !== own.version)
    throw new UserError(
      `--store ${shown}: it is used by session-mock ${found.version}, and this is ${own.version}: run the same version everywhere, or reset the store with --store-reset`
    )
  const different = differences(JSON.parse(own.settings), JSON.parse(found.settings))
  if (different.length > 0)
    throw new UserError(
      `--store ${shown}: the replicas that use it were started with other settings: ${different.join('; ')}. Use the same for all, or reset the store with --store-reset`
    )
}

/** `--journal is 100 here and 10000 there` for each setting that differs. */
const differences = (own: Readonly<Record<string, unknown>>, others: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(own), ...Object.keys(others)])].flatMap(name => {
    const [here, there] = [own, others].map(settings => JSON.stringify(settings[name]) ?? 'nothing')
    return here === there ? [] : [`${name} is ${here} here, and ${there} there`]
  })
