import { randomBytes, X509Certificate } from 'node:crypto'
import { constants, copyFile, link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { UserError } from '../base/user-error.js'
import { flagOf } from '../config/settings.js'
import { Authority, type KeyPair } from './authority.js'
import { readIdentity } from './identity-files.js'

export interface FolderOptions {
  /** Made where there is none. */
  readonly dir: string
  /** Host names and addresses that the certificate must be good for. */
  readonly names: readonly string[]
  /** Unix milliseconds. */
  readonly now: number
  /** A certificate other than the one that is kept, such as a faulty one; left out, the kept one serves. */
  readonly issue?: ((authority: Authority) => Promise<KeyPair>) | undefined
}

/**
 * The authority that is kept in a folder, and a certificate of it: the one that is kept there, where it is good for the names,
 * otherwise a new one. Servers that start at once in a new folder get the same authority. Throws a UserError where the folder
 * cannot be used.
 */
export const identityInFolder = async (options: FolderOptions): Promise<KeyPair & { ca: string }> => {
  try {
    await mkdir(options.dir, { recursive: true, mode: 0o700 })
    const authority = await authorityIn(options)
    const identity = options.issue ? await options.issue(authority) : await certificateIn(options, authority)
    return { cert: identity.cert, key: identity.key, ca: authority.identity.cert }
  } catch (error) {
    throw isSystemError(error) ? new UserError(sayTrouble(options.dir, error)) : error
  }
}

const files = { authority: ['ca.pem', 'ca-key.pem'], server: ['cert.pem', 'key.pem'] } as const

/** The kept authority, or a new one that is kept from now on: of servers that start at once, that of the first. */
const authorityIn = async ({ dir, now }: FolderOptions): Promise<Authority> => {
  const known = await keptAuthority(dir, now)
  if (known) return Authority.create(now, known)
  const authority = await Authority.create(now)
  const [certFile, keyFile] = files.authority
  const { cert, key } = authority.identity
  // Key and certificate are in one file, so that both are there at once; the certificate is in one of its own too, for clients.
  const winner = (await createOnce(dir, keyFile, key + cert)) ? authority : await authorityOfOther(dir, now, authority)
  await replace(dir, certFile, winner.identity.cert, 0o644)
  return winner
}

const keptAuthority = async (dir: string, now: number): Promise<KeyPair | undefined> => {
  const [certFile, keyFile] = files.authority
  const together = await identityIn(dir, keyFile, keyFile, now)
  // A folder may hold them apart: from an earlier version, or put there by hand.
  return together ?? identityIn(dir, certFile, keyFile, now)
}

/** Another server was quicker; or what is there is of no use, and is replaced. */
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

/** A pair of files, if they are there, fit together and their time is not over. */
const identityIn = async (dir: string, cert: string, key: string, now: number): Promise<KeyPair | undefined> =>
  readIdentity(join(dir, cert), join(dir, key), now)
    .then(pemsOf)
    .catch(() => undefined)

/** Of files that may hold several, the first certificate and the key. */
const pemsOf = ({ cert, key }: KeyPair): KeyPair => ({
  cert: `${new X509Certificate(cert).toString().trim()}\n`,
  key: key.replace(/-----BEGIN CERTIFICATE-----[\s\S]*$/, '')
})

/** Of the extension that names the issuer's key, as DER writes it (2.5.29.35): strict clients ask for it. */
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

/** Writes a whole file under a name that is free; false where the name is taken. */
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

/** Writes a whole file in one step: nobody reads half of it. */
const replace = (dir: string, file: string, text: string, mode: number): Promise<void> =>
  withTemporary(dir, file, text, mode, temporary => rename(temporary, join(dir, file)))

const withTemporary = async <Value>(
  dir: string,
  file: string,
  text: string,
  mode: number,
  use: (temporary: string) => Promise<Value>
): Promise<Value> => {
  const temporary = join(dir, `.${file}.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await writeFile(temporary, text, { mode })
    return await use(temporary)
  } finally {
    await rm(temporary, { force: true })
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'syscall' in error && 'code' in error

const troubles: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file: give a folder; one that is not there is made',
  ENOTDIR: 'it is a file, or in one: give a folder; one that is not there is made',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'it cannot be written to: give a folder that can, or one that holds what an earlier start has made',
  ENOSPC: 'there is no space left on its disk',
  EDQUOT: 'there is no space left for this user on its disk'
}

const sayTrouble = (dir: string, { code = '', message }: NodeJS.ErrnoException): string =>
  `${flagOf('tlsDir')} "${dir}": ${troubles[code] ?? message}`
