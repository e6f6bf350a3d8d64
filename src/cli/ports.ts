import { UserError } from '../base/user-error.js'
import type { Environment, Flags } from '../config/read-settings.js'
import { flagOf, type Settings, variableOf } from '../config/settings.js'
import type { CommandContext } from './context.js'

/** Flags for a server on a free port by default. The variable PORT is for the command, not for the server. */
export const withFreePort = (flags: Flags, env: Environment): Flags =>
  flags.port !== undefined || env[variableOf('port')] ? flags : { ...flags, port: '0' }

/** Whether only programs on this machine can connect. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

type ListenError = NodeJS.ErrnoException & { readonly port?: number }

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'cannot be opened: this user has no permission for it'
}

/** Reports an unavailable port and an alternative. Rethrows other errors. */
export const reportPortError = (
  error: ListenError,
  { host, listen }: Pick<Settings, 'host' | 'listen'>,
  { stderr }: CommandContext
): undefined => {
  const reason = reasons[error.code ?? '']
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    throw new UserError(`${flagOf('host')} "${host}": this machine has no such address`)
  if (reason === undefined) throw error
  const own = listen.find(listener => listener.port === error.port)?.product.name
  const flag = own === undefined ? `${flagOf('port')} <number>` : `${flagOf('listen')} ${own}=<number>`
  stderr.write(
    `session-mock: port ${error.port} on ${host} ${reason}; choose another with ${flag}; 0 selects a free one\n`
  )
  return undefined
}
