import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { UserError } from '../base/user-error.js'
import type { KeyPair } from './authority.js'

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
