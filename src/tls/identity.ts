import { hostname } from 'node:os'
import { UserError } from '../base/user-error.js'
import type { TlsFault } from '../config/tls-fault.js'
import { Authority, type KeyPair } from './authority.js'
import { identityInFolder } from './folder.js'
import { readCertificate, readIdentity } from './identity-files.js'

export interface TlsOptions {
  /** Files of the user, both or neither. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Host names and addresses beside those of this machine. */
  readonly names: readonly string[]
  /** Folder of the stored authority and certificate. */
  readonly dir?: string | undefined
  /** File of the authority for client certificates. */
  readonly clientCa?: string | undefined
  readonly min: '1.2' | '1.3'
  readonly fault?: TlsFault | undefined
  /** Unix milliseconds. */
  readonly now: number
}

/** The TLS parameters of a server. */
export interface TlsIdentity extends KeyPair {
  /** Certificate of the authority for clients to trust, PEM; undefined with files of the user. */
  readonly ca: string | undefined
  readonly clientCa: string | undefined
  readonly min: 'TLSv1.2' | 'TLSv1.3'
}

/** Reads or creates the TLS parameters of a server. Throws a UserError that names the file. */
export const tlsIdentity = async (options: TlsOptions): Promise<TlsIdentity> => {
  const clientCa =
    options.clientCa === undefined ? undefined : await readCertificate(options.clientCa, '--tls-client-ca', options.now)
  const min = options.min === '1.3' ? 'TLSv1.3' : 'TLSv1.2'
  return { ...(await serverIdentity(options)), clientCa, min }
}

const serverIdentity = async (options: TlsOptions): Promise<KeyPair & { ca: string | undefined }> => {
  const { cert, key, dir } = options
  if ((cert === undefined) !== (key === undefined))
    throw new UserError('--tls-cert and --tls-key must be given together, or neither for a generated certificate')
  if (cert !== undefined && key !== undefined) return { ...(await readIdentity(cert, key, options.now)), ca: undefined }
  if (dir === undefined) return newIdentity(options)
  const { now, fault } = options
  const names = namesOf(options)
  const issue = fault && ((authority: Authority) => authority.issue(names, now, fault))
  return identityInFolder({ dir, names, now, issue })
}

/** The names of a created certificate. */
const namesOf = ({ names }: TlsOptions): string[] => [
  ...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...names])
]

const newIdentity = async (options: TlsOptions): Promise<KeyPair & { ca: string }> => {
  const authority = await Authority.create(options.now)
  const issued = await authority.issue(namesOf(options), options.now, options.fault)
  return { ...issued, ca: authority.identity.cert }
}
