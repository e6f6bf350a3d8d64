import { UserError } from '../base/user-error.js'
import type { Environment, Flags } from '../config/read-settings.js'
import { flagOf, type Settings, variableOf } from '../config/settings.js'
import type { CommandContext } from './context.js'

/** Flags for a server on a free port, unless a port is given; a variable PORT is the command's, not the server's. */
export const withFreePort = (flags: Flags, env: Environment): Flags =>
  flags.port !== undefined || env[variableOf('port')] ? flags : { ...flags, port: '0' }

/** Only programs of this machine reach it. */
export const isNearHost = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

type ListenError = NodeJS.ErrnoException & { readonly port?: number }

const troubles: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'cannot be opened: this user has no permission for it'
}

/** Says which port cannot be had and how to pick another. Throws what is no matter of ports. */
export const portTaken = (
  error: ListenError,
  { host, listen }: Pick<Settings, 'host' | 'listen'>,
  { stderr }: CommandContext
): undefined => {
  const trouble = troubles[error.code ?? '']
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    throw new UserError(`${flagOf('host')} "${host}": this machine has no such address`)
  if (trouble === undefined) throw error
  const own = listen.find(listener => listener.port === error.port)?.product.name
  const flag = own === undefined ? `${flagOf('port')} <number>` : `${flagOf('listen')} ${own}=<number>`
  stderr.write(
    `session-mock: port ${error.port} on ${host} ${trouble}; pick another with ${flag}, where 0 takes a free one\n`
  )
  return undefined
}
