import { X509Certificate } from 'node:crypto'
import { constants, copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { isSystemError } from '../base/system-error.js'
import { UserError } from '../base/user-error.js'
import { flagOf } from '../config/settings.js'
import { Authority, type KeyPair } from './authority.js'
import { readIdentity } from './identity-files.js'
import { randomHex } from './random.js'

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
