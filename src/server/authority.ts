import { randomBytes, webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import type { TlsFault } from '../config/settings.js'

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly cert: string
  readonly key: string
}

type Library = typeof import('./x509.js')

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const day = 86_400_000

/** Issues certificates (EC P-256). The X.509 library is loaded on first use. */
export class Authority {
  readonly #library: Library

  private constructor(
    library: Library,
    /** The certificate of the authority, for clients to trust, and its key. */
    readonly identity: KeyPair
  ) {
    this.#library = library
  }

  /** An authority with this identity, or a new one. `now` in Unix milliseconds. */
  static async create(now: number, identity?: KeyPair): Promise<Authority> {
    const library = await import('./x509.js')
    return new Authority(library, identity ?? (await ownIdentity(library, now)))
  }

  /** A certificate for these host names and addresses, valid for a year, or with a deliberate fault. */
  async issue(names: readonly string[], now: number, fault?: TlsFault): Promise<KeyPair> {
    if (fault === 'untrusted') return (await Authority.create(now)).issue(names, now)
    const library = this.#library
    const keys = await newKeys()
    const signer =
      fault === 'self-signed'
        ? { key: keys.privateKey, publicKey: keys.publicKey, name: serverName }
        : await this.#signer()
    const shift = fault === 'expired' ? 400 * day : 0
    const certificate = await library.X509CertificateGenerator.create(
      {
        serialNumber: randomSerialNumber(),
        subject: serverName,
        issuer: signer.name,
        notBefore: new Date(now - day - shift),
        notAfter: new Date(now + 365 * day - shift),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: signer.key,
        extensions: [
          new library.BasicConstraintsExtension(false, undefined, true),
          new library.KeyUsagesExtension(library.KeyUsageFlags.digitalSignature, true),
          new library.ExtendedKeyUsageExtension([
            library.ExtendedKeyUsage.serverAuth,
            library.ExtendedKeyUsage.clientAuth
          ]),
          new library.SubjectAlternativeNameExtension(
            (fault === 'wrong-host' ? ['wrong.host.invalid'] : names).map(nameOf)
          ),
          ...(await keyIdentifiers(library, keys.publicKey, signer.publicKey))
        ]
      },
      webcrypto
    )
    return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(library, keys.privateKey) }
  }

  async #signer(): Promise<Signer> {
    const [der] = this.#library.PemConverter.decode(this.identity.key)
    const key = await webcrypto.subtle.importKey('pkcs8', der ?? new ArrayBuffer(0), algorithm, false, ['sign'])
    const { subject: name, publicKey } = new this.#library.X509Certificate(this.identity.cert)
    return { key, publicKey: await publicKey.export(webcrypto), name }
  }
}

interface Signer {
  readonly key: webcrypto.CryptoKey
  readonly publicKey: webcrypto.CryptoKey
  readonly name: string
}

/** Strict clients, such as Python since 3.13, find the issuer of a certificate by these (RFC 5280, 4.2.1.1 and 4.2.1.2). */
const keyIdentifiers = async (library: Library, own: webcrypto.CryptoKey, issuer: webcrypto.CryptoKey) => [
  await library.SubjectKeyIdentifierExtension.create(own, false, webcrypto),
  await library.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto)
]

const serverName = 'CN=session-mock'

const nameOf = (name: string) => ({ type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const), value: name })

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

const pemOf = async ({ PemConverter }: Library, key: webcrypto.CryptoKey): Promise<string> =>
  `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`

/** Valid for ten years; may issue server certificates only. */
const ownIdentity = async (library: Library, now: number): Promise<KeyPair> => {
  const keys = await newKeys()
  const certificate = await library.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerialNumber(),
      name: `CN=session-mock test authority ${randomHex(4)}`,
      notBefore: new Date(now - day),
      notAfter: new Date(now + 3650 * day),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new library.BasicConstraintsExtension(true, 0, true),
        new library.KeyUsagesExtension(library.KeyUsageFlags.keyCertSign | library.KeyUsageFlags.cRLSign, true),
        ...(await keyIdentifiers(library, keys.publicKey, keys.publicKey))
      ]
    },
    webcrypto
  )
  return { cert: `${certificate.toString('pem')}\n`, key: await pemOf(library, keys.privateKey) }
}

/** Random hexadecimal digits, two for each byte. */
export const randomHex = (bytes: number): string => randomBytes(bytes).toString('hex')

/** A positive number of 16 bytes in hexadecimal, without the sign bit (RFC 5280, 4.1.2.2). */
const randomSerialNumber = (): string => {
  const bytes = randomBytes(16)
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f)
  return bytes.toString('hex')
}
