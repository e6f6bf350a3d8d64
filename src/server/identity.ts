import { createPrivateKey, X509Certificate } from 'node:crypto'
import { constants, copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isSystemError, UserError } from '../base/errors.js'
import { flagOf, type TlsFault } from '../config/settings.js'
import { Authority, type KeyPair, randomHex } from './authority.js'

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

/**
 * A certificate and its key, from files. Throws a UserError with the name of the file if it is unreadable, invalid, expired at
 * `now` (Unix milliseconds), or does not match the other file.
 */
export const readIdentity = async (certFile: string, keyFile: string, now: number): Promise<KeyPair> => {
  const cert = await readCertificate(certFile, '--tls-cert', now)
  const key = await readText(keyFile, '--tls-key')
  if (/ENCRYPTED/.test(key)) throw new UserError(`--tls-key: ${keyFile} is encrypted; give a key without a passphrase`)
  const parsed = attempt(() => createPrivateKey(key))
  if (!parsed) throw new UserError(`--tls-key: ${keyFile} holds no private key in PEM`)
  if (!new X509Certificate(cert).checkPrivateKey(parsed))
    throw new UserError(`--tls-key: the key in ${keyFile} does not belong to the certificate in ${certFile}`)
  return { cert, key }
}

/** A certificate from a file. Throws a UserError with the flag and the file. */
export const readCertificate = async (file: string, flag: string, now: number): Promise<string> => {
  const text = await readText(file, flag)
  const certificate = attempt(() => new X509Certificate(text))
  if (!certificate) throw new UserError(`${flag}: ${file} holds no certificate in PEM`)
  if (Date.parse(certificate.validTo) < now)
    throw new UserError(`${flag}: the certificate in ${file} expired on ${certificate.validTo}`)
  return text
}

const readText = (file: string, flag: string): Promise<string> =>
  readFile(file, 'utf8').catch(error => {
    throw new UserError(
      `${flag}: ${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`
    )
  })

const attempt = <Value>(work: () => Value): Value | undefined => {
  try {
    return work()
  } catch {
    return undefined
  }
}

export interface FolderOptions {
  /** Created if it does not exist. */
  readonly dir: string
  /** Required host names and addresses of the certificate. */
  readonly names: readonly string[]
  /** Unix milliseconds. */
  readonly now: number
  /** Issues another certificate than the stored one, such as a faulty one; not stored. */
  readonly issue?: ((authority: Authority) => Promise<KeyPair>) | undefined
}

/**
 * The authority stored in a folder, and its certificate: the stored one if it covers the names, else a new one. Servers that
 * start simultaneously in a new folder get the same authority. Throws a UserError if the folder is unusable.
 */
export const identityInFolder = async (options: FolderOptions): Promise<KeyPair & { ca: string }> => {
  try {
    await mkdir(options.dir, { recursive: true, mode: 0o700 })
    const authority = await authorityIn(options)
    const identity = options.issue ? await options.issue(authority) : await certificateIn(options, authority)
    return { cert: identity.cert, key: identity.key, ca: authority.identity.cert }
  } catch (error) {
    throw isSystemError(error) ? new UserError(describeError(options.dir, error)) : error
  }
}

const files = { authority: ['ca.pem', 'ca-key.pem'], server: ['cert.pem', 'key.pem'] } as const

/** The stored authority, or a new one, which is stored. Of servers that start simultaneously, the first one wins. */
const authorityIn = async ({ dir, now }: FolderOptions): Promise<Authority> => {
  const known = await keptAuthority(dir, now)
  if (known) return Authority.create(now, known)
  const authority = await Authority.create(now)
  const [certFile, keyFile] = files.authority
  const { cert, key } = authority.identity
  // Key and certificate share a file, so that both appear at once. The certificate also has a file of its own, for clients.
  const winner = (await createOnce(dir, keyFile, key + cert)) ? authority : await authorityOfOther(dir, now, authority)
  await replace(dir, certFile, winner.identity.cert, 0o644)
  return winner
}

const keptAuthority = async (dir: string, now: number): Promise<KeyPair | undefined> => {
  const [certFile, keyFile] = files.authority
  const together = await identityIn(dir, keyFile, keyFile, now)
  // Earlier versions, and users, store them separately.
  return together ?? identityIn(dir, certFile, keyFile, now)
}

/** Another server was faster, or the stored files are invalid and are replaced. */
const authorityOfOther = async (dir: string, now: number, own: Authority): Promise<Authority> => {
  const other = await keptAuthority(dir, now)
  if (other) return Authority.create(now, other)
  await replace(dir, files.authority[1], own.identity.key + own.identity.cert, 0o600)
  return own
}

const certificateIn = async ({ dir, names, now }: FolderOptions, authority: Authority): Promise<KeyPair> => {
  const [certFile, keyFile] = files.server
  const kept = await identityIn(dir, certFile, keyFile, now)
  if (kept && isGoodFor(kept, authority.identity, names)) return kept
  const issued = await authority.issue(names, now)
  await replace(dir, keyFile, issued.key, 0o600)
  await replace(dir, certFile, issued.cert, 0o644)
  return issued
}

/** The identity in a pair of files, if both exist, match and are not expired. */
const identityIn = async (dir: string, cert: string, key: string, now: number): Promise<KeyPair | undefined> =>
  readIdentity(join(dir, cert), join(dir, key), now)
    .then(pemsOf)
    .catch(() => undefined)

/** The first certificate and the key, of files that may contain several. */
const pemsOf = ({ cert, key }: KeyPair): KeyPair => ({
  cert: `${new X509Certificate(cert).toString().trim()}\n`,
  key: key.replace(/-----BEGIN CERTIFICATE-----[\s\S]*$/, '')
})

/** OID of the authority key identifier in DER (2.5.29.35): strict clients require it. */
const authorityKeyIdentifier = Buffer.from('0603551d23', 'hex')

const isGoodFor = ({ cert }: KeyPair, authority: KeyPair, names: readonly string[]): boolean => {
  const certificate = new X509Certificate(cert)
  const known = new X509Certificate(authority.cert)
  return (
    certificate.checkIssued(known) &&
    certificate.verify(known.publicKey) &&
    certificate.raw.includes(authorityKeyIdentifier) &&
    names.every(name => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  )
}

/** Creates a file atomically; false if it exists. */
const createOnce = (dir: string, file: string, text: string): Promise<boolean> =>
  withTemporary(dir, file, text, 0o600, async temporary => {
    try {
      await link(temporary, join(dir, file)).catch(error => {
        if (error.code === 'EEXIST') throw error
        // Some volumes, such as FAT and network ones, have no hard links.
        return copyFile(temporary, join(dir, file), constants.COPYFILE_EXCL)
      })
      return true
    } catch (error) {
      if (isSystemError(error) && error.code === 'EEXIST') return false
      throw error
    }
  })

/** Replaces a file atomically. */
const replace = (dir: string, file: string, text: string, mode: number): Promise<void> =>
  withTemporary(dir, file, text, mode, temporary => rename(temporary, join(dir, file)))

const withTemporary = async <Value>(
  dir: string,
  file: string,
  text: string,
  mode: number,
  work: (temporary: string) => Promise<Value>
): Promise<Value> => {
  const temporary = join(dir, `.${file}.${randomHex(6)}.tmp`)
  try {
    await writeFile(temporary, text, { mode })
    return await work(temporary)
  } finally {
    await rm(temporary, { force: true })
  }
}

const messages: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file: give a folder, which is created if missing',
  ENOTDIR: 'it is a file, or in one: give a folder, which is created if missing',
  EACCES: 'this user has no write permission',
  EPERM: 'this user has no write permission',
  EROFS: 'it cannot be written: give a writable folder, or one with the files of an earlier start',
  ENOSPC: 'there is no space left on its disk',
  EDQUOT: 'there is no space left for this user on its disk'
}

const describeError = (dir: string, { code = '', message }: NodeJS.ErrnoException): string =>
  `${flagOf('tlsDir')} "${dir}": ${messages[code] ?? message}`
