import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { Complaint } from '../complaint.js'
import { Authority, type Identity, type TlsFault } from './authority.js'

export interface TlsOptions {
  /** Own files, both or neither. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** Host names and addresses beside those of this machine. */
  readonly names: readonly string[]
  /** Where authority and certificate are kept across starts. */
  readonly dir?: string | undefined
  /** The authority that clients must have a certificate of. */
  readonly clientCa?: string | undefined
  readonly min: '1.2' | '1.3'
  readonly fault?: TlsFault | undefined
  /** Unix milliseconds. */
  readonly now: number
}

/** What a server speaks TLS with. */
export interface TlsIdentity extends Identity {
  /** The authority's certificate for clients to trust, PEM, where it was made here. */
  readonly ca: string | undefined
  readonly clientCa: string | undefined
  readonly min: 'TLSv1.2' | 'TLSv1.3'
}

/** Reads or makes what a server speaks TLS with. Throws a Complaint that names the file that is wrong, and how. */
export const tlsIdentity = async (options: TlsOptions): Promise<TlsIdentity> => {
  const clientCa =
    options.clientCa === undefined ? undefined : await readCertificate(options.clientCa, '--tls-client-ca', options.now)
  const min = options.min === '1.3' ? 'TLSv1.3' : 'TLSv1.2'
  return { ...(await serverIdentity(options)), clientCa, min }
}

const serverIdentity = async (options: TlsOptions): Promise<Identity & { ca: string | undefined }> => {
  const { cert, key, dir } = options
  if ((cert === undefined) !== (key === undefined))
    throw new Complaint('--tls-cert and --tls-key go together: give both, or neither to have a certificate made')
  if (cert !== undefined && key !== undefined) return { ...(await ownFiles(cert, key, options.now)), ca: undefined }
  return dir === undefined ? made(options) : keptIn(dir, options)
}

/** The names that a certificate made here is good for. */
const namesOf = ({ names }: TlsOptions): string[] => [
  ...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...names])
]

const made = async (options: TlsOptions, known?: Identity): Promise<Identity & { ca: string; authority: Identity }> => {
  const authority = await Authority.create(options.now, known)
  const issued = await authority.issue(namesOf(options), options.now, options.fault)
  return { ...issued, ca: authority.identity.cert, authority: authority.identity }
}

/** The certificate kept in the folder, if it is still good for these names; otherwise a new one of the authority kept there. */
const keptIn = async (dir: string, options: TlsOptions): Promise<Identity & { ca: string }> => {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const authority = await pairIn(dir, 'ca.pem', 'ca-key.pem', options.now)
  const server = authority && !options.fault ? await pairIn(dir, 'cert.pem', 'key.pem', options.now) : undefined
  if (authority && server && isGoodFor(server, authority, namesOf(options))) return { ...server, ca: authority.cert }
  const fresh = await made(options, authority)
  if (!authority) await keep(dir, 'ca.pem', 'ca-key.pem', fresh.authority)
  if (!options.fault) await keep(dir, 'cert.pem', 'key.pem', fresh)
  return { cert: fresh.cert, key: fresh.key, ca: fresh.ca }
}

const keep = async (dir: string, certFile: string, keyFile: string, { cert, key }: Identity): Promise<void> => {
  await writeFile(join(dir, keyFile), key, { mode: 0o600 })
  await writeFile(join(dir, certFile), cert, { mode: 0o644 })
}

/** A pair of files, if they are there, fit together and their time is not over. */
const pairIn = async (dir: string, certFile: string, keyFile: string, now: number): Promise<Identity | undefined> =>
  ownFiles(join(dir, certFile), join(dir, keyFile), now).catch(() => undefined)

const isGoodFor = ({ cert }: Identity, authority: Identity, names: readonly string[]): boolean => {
  const certificate = new X509Certificate(cert)
  const known = new X509Certificate(authority.cert)
  return (
    certificate.checkIssued(known) &&
    certificate.verify(known.publicKey) &&
    names.every(name => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  )
}

const ownFiles = async (certFile: string, keyFile: string, now: number): Promise<Identity> => {
  const cert = await readCertificate(certFile, '--tls-cert', now)
  const key = await readText(keyFile, '--tls-key')
  if (/ENCRYPTED/.test(key)) throw new Complaint(`--tls-key: ${keyFile} is encrypted; give a key without a passphrase`)
  const parsed = attempt(() => createPrivateKey(key))
  if (!parsed) throw new Complaint(`--tls-key: ${keyFile} holds no private key in PEM`)
  if (!new X509Certificate(cert).checkPrivateKey(parsed))
    throw new Complaint(`--tls-key: the key in ${keyFile} does not belong to the certificate in ${certFile}`)
  return { cert, key }
}

const readCertificate = async (file: string, flag: string, now: number): Promise<string> => {
  const text = await readText(file, flag)
  const certificate = attempt(() => new X509Certificate(text))
  if (!certificate) throw new Complaint(`${flag}: ${file} holds no certificate in PEM`)
  if (Date.parse(certificate.validTo) < now)
    throw new Complaint(`${flag}: the certificate in ${file} expired on ${certificate.validTo}`)
  return text
}

const readText = (file: string, flag: string): Promise<string> =>
  readFile(file, 'utf8').catch(error => {
    throw new Complaint(
      `${flag}: ${file} cannot be read: ${error.code === 'ENOENT' ? 'there is no such file' : error.message}`
    )
  })

const attempt = <Value>(make: () => Value): Value | undefined => {
  try {
    return make()
  } catch {
    return undefined
  }
}
