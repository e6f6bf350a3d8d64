import { execFile } from 'node:child_process'
import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { get, type RequestOptions } from 'node:https'
import { connect, isIP, Socket } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect as connectSecurely } from 'node:tls'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { createApp } from '../../../src/app.js'
import { UserError } from '../../../src/base/errors.js'
import type { TlsFault } from '../../../src/config/settings.js'
import { Authority } from '../../../src/server/authority.js'
import { describeClientError } from '../../../src/server/http-server.js'
import { type TlsOptions, tlsIdentity } from '../../../src/server/identity.js'
import { listen } from '../../../src/server/listeners.js'
import * as library from '../../../src/server/x509.js'
import { systemClock } from '../../../src/session/clock.js'
import { controlEndpoints } from '../../support/control-endpoints.js'
import { products } from '../../support/known-products.js'
import { until } from '../../support/until.js'

const options = (over: Partial<TlsOptions> = {}): TlsOptions => ({ names: [], min: '1.2', now: Date.now(), ...over })

const run = promisify(execFile)
const isRoot = process.getuid?.() === 0
const noOpenssl = await run('openssl', ['version']).then(
  () => false,
  () => 'openssl is not here'
)

/** A server on a free port with that TLS, until the test is over. */
const serve = async (t: Test, over: Partial<TlsOptions> = {}, hint: (sentence: string) => void = () => undefined) => {
  const tls = await tlsIdentity(options(over))
  const scenario = { title: 'a test', accounts: 'any', sessions: [], products: {}, rules: [] } as const
  const app = createApp({ products, endpoints: controlEndpoints, systemClock, scenario, ca: tls.ca })
  const listening = await listen(app, { host: '127.0.0.1', systemClock, listeners: [{ port: 0, tls }], hint })
  t.teardown(() => listening.close())
  const { url } = listening.listeners[0] ?? { url: '' }
  return { tls, url, port: Number(new URL(url).port) }
}

/** The status of HCX's session call, with the headers, or the code of what failed. */
const ask = (port: number, over: RequestOptions = {}) =>
  new Promise<{ status?: number | undefined; hsts?: unknown; failure?: string }>(resolve => {
    const request = get(
      { port, host: '127.0.0.1', path: '/api/admin/v1/sessions', agent: false, ...over },
      response => {
        response.resume()
        resolve({ status: response.statusCode, hsts: response.headers['strict-transport-security'] })
      }
    )
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ failure: error.code ?? error.message }))
  })

t.test('a client that trusts the authority is served, with HSTS', async t => {
  const { tls, port } = await serve(t)
  t.same(await ask(port, { ca: tls.ca }), { status: 401, hsts: 'max-age=31536000 ; includeSubDomains' })
})

t.test('a client that does not trust the authority fails', async t => {
  const { port } = await serve(t)
  t.same(await ask(port), { failure: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

t.test('the certificate is valid for this machine and the given names', async t => {
  const { cert } = await tlsIdentity(options({ names: ['double.test', '10.1.2.3'] }))
  const certificate = new X509Certificate(cert)
  for (const name of ['localhost', 'double.test']) t.equal(certificate.checkHost(name), name)
  for (const address of ['127.0.0.1', '::1', '10.1.2.3']) t.equal(certificate.checkIP(address), address)
  t.equal(certificate.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
})

t.test('curl verifies the server with the certificate of the control API', async t => {
  const { url, tls, port } = await serve(t)
  const dir = t.testdir({})
  const served = await new Promise<string>(resolve =>
    get({ port, host: '127.0.0.1', path: '/__admin/ca.pem', ca: tls.ca, agent: false }, async response =>
      resolve(Buffer.concat(await response.toArray()).toString())
    )
  )
  t.equal(served, tls.ca)
  writeFileSync(join(dir, 'ca.pem'), served)
  const out = await new Promise<{ missing: boolean; text: string }>(resolve =>
    execFile(
      'curl',
      ['-s', '--cacert', join(dir, 'ca.pem'), `${url}/session/logout`, '-d', 'session_key='],
      (error, text) => resolve({ missing: error?.code === 'ENOENT', text })
    )
  )
  if (out.missing) t.pass('there is no curl here')
  else t.match(out.text, '<error_name>MISSING_MANDATORY_FIELD</error_name>')
})

const failures: Readonly<Record<TlsFault, string>> = {
  expired: 'CERT_HAS_EXPIRED',
  'wrong-host': 'ERR_TLS_CERT_ALTNAME_INVALID',
  'self-signed': 'DEPTH_ZERO_SELF_SIGNED_CERT',
  untrusted: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
}

for (const [fault, failure] of Object.entries(failures))
  t.test(`a certificate that is ${fault} is refused by a client that trusts the authority`, async t => {
    const { tls, port } = await serve(t, { fault: fault as TlsFault })
    t.same(await ask(port, { ca: tls.ca }), { failure })
    t.equal((await ask(port, { rejectUnauthorized: false })).status, 401, 'one that checks nothing is served')
  })

t.test('a client certificate is required with --tls-client-ca', async t => {
  const dir = t.testdir({})
  const authority = await Authority.create(Date.now())
  const otherAuthority = await Authority.create(Date.now())
  writeFileSync(join(dir, 'clients.pem'), authority.identity.cert)
  const { tls, port } = await serve(t, { clientCa: join(dir, 'clients.pem') })
  const known = await authority.issue(['client'], Date.now())
  const unknown = await otherAuthority.issue(['client'], Date.now())
  t.equal((await ask(port, { ca: tls.ca, ...known })).status, 401)
  t.ok((await ask(port, { ca: tls.ca })).failure)
  t.ok((await ask(port, { ca: tls.ca, ...unknown })).failure)
})

t.test('TLS 1.2 is refused with a minimum of 1.3', async t => {
  const { tls, port } = await serve(t, { min: '1.3' })
  t.ok((await ask(port, { ca: tls.ca, maxVersion: 'TLSv1.2' })).failure)
  const socket = connectSecurely({ port, host: '127.0.0.1', ca: tls.ca })
  const version = await new Promise(resolve => socket.once('secureConnect', () => resolve(socket.getProtocol())))
  socket.destroy()
  t.equal(version, 'TLSv1.3')
})

t.test('plain HTTP on the HTTPS port is refused with the valid scheme', async t => {
  const { port } = await serve(t)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /session HTTP/1.1\r\nHost: x\r\n\r\n')
  const answer = Buffer.concat(await socket.toArray()).toString()
  t.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/)
  t.match(answer, 'This port is for HTTPS: begin the URL with https://')
})

t.test('a folder keeps authority and certificate across starts, with private keys', async t => {
  const dir = join(t.testdir({}), 'tls')
  const first = await tlsIdentity(options({ dir }))
  const second = await tlsIdentity(options({ dir }))
  t.equal(second.cert, first.cert)
  t.equal(second.ca, first.ca)
  for (const file of ['ca-key.pem', 'key.pem']) t.equal(statSync(join(dir, file)).mode & 0o777, 0o600)
  t.equal(readFileSync(join(dir, 'ca.pem'), 'utf8'), first.ca)
  const wider = await tlsIdentity(options({ dir, names: ['other.test'] }))
  t.not(wider.cert, first.cert, 'another name needs another certificate')
  t.equal(wider.ca, first.ca, 'of the same authority')
  const later = await tlsIdentity(options({ dir, now: Date.now() + 366 * 86_400_000 }))
  t.not(later.cert, wider.cert, 'a certificate whose time is over is made anew')
})

t.test('given files are used unchanged, and no authority is offered', async t => {
  const dir = t.testdir({})
  const { cert, key } = await tlsIdentity(options())
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'key.pem'), key)
  const own = await tlsIdentity(options({ cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') }))
  t.equal(own.cert, cert)
  t.equal(own.ca, undefined)
})

t.test('invalid files are named, with the error', async t => {
  const one = await tlsIdentity(options())
  const other = await tlsIdentity(options())
  const old = await (await Authority.create(Date.now())).issue(['x'], Date.now(), 'expired')
  const encrypted = createPrivateKey(one.key).export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'x'
  })
  const dir = t.testdir({
    'cert.pem': one.cert,
    'key.pem': one.key,
    'other.pem': other.key,
    'old.pem': old.cert,
    'old-key.pem': old.key,
    'encrypted.pem': String(encrypted),
    'text.pem': 'no PEM at all'
  })
  const cases: readonly [cert: string, key: string, complaint: RegExp][] = [
    ['none.pem', 'key.pem', /^--tls-cert: .*none\.pem cannot be read: there is no such file$/],
    ['text.pem', 'key.pem', /^--tls-cert: .*text\.pem holds no certificate in PEM$/],
    ['old.pem', 'old-key.pem', /^--tls-cert: the certificate in .*old\.pem expired on /],
    ['cert.pem', 'text.pem', /^--tls-key: .*text\.pem holds no private key in PEM$/],
    ['cert.pem', 'encrypted.pem', /^--tls-key: .*encrypted\.pem is encrypted; give a key without a passphrase$/],
    ['cert.pem', 'other.pem', /^--tls-key: the key in .*other\.pem does not belong to the certificate in .*cert\.pem$/]
  ]
  for (const [cert, key, message] of cases)
    await t.rejects(tlsIdentity(options({ cert: join(dir, cert), key: join(dir, key) })), { message })
  await t.rejects(tlsIdentity(options({ cert: join(dir, 'cert.pem') })), {
    message: '--tls-cert and --tls-key must be given together, or neither for a generated certificate'
  })
})

t.test('servers that start in parallel in one new folder share an authority, with valid certificates', async t => {
  const dir = join(t.testdir({}), 'new', 'tls')
  const servers = await Promise.all(Array.from({ length: 4 }, () => tlsIdentity(options({ dir }))))
  const [first] = servers
  for (const { ca, cert, key } of servers) {
    t.equal(ca, first?.ca)
    t.ok(new X509Certificate(cert).verify(new X509Certificate(ca ?? '').publicKey))
    t.ok(new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
  }
  t.equal(readFileSync(join(dir, 'ca.pem'), 'utf8'), first?.ca)
  t.strictSame(readdirSync(dir).sort(), ['ca-key.pem', 'ca.pem', 'cert.pem', 'key.pem'], 'nothing is left over')
  t.equal((await tlsIdentity(options({ dir }))).ca, first?.ca)
})

t.test('an authority with separate files for key and certificate is still used', async t => {
  const dir = t.testdir({})
  const { identity } = await Authority.create(Date.now())
  writeFileSync(join(dir, 'ca.pem'), identity.cert)
  writeFileSync(join(dir, 'ca-key.pem'), identity.key)
  t.equal((await tlsIdentity(options({ dir }))).ca, identity.cert)
})

t.test('an expired authority is replaced', async t => {
  const dir = t.testdir({})
  const { ca } = await tlsIdentity(options({ dir }))
  const later = await tlsIdentity(options({ dir, now: Date.now() + 11 * 366 * 86_400_000 }))
  t.not(later.ca, ca)
  t.equal(readFileSync(join(dir, 'ca.pem'), 'utf8'), later.ca)
})

t.test('an unusable folder is refused with a reason', async t => {
  const dir = t.testdir({ file: 'text', 'read-only': {}, full: { 'ca-key.pem': {} } })
  await t.rejects(tlsIdentity(options({ dir: join(dir, 'file') })), {
    constructor: UserError,
    message: `--tls-dir "${join(dir, 'file')}": it is a file: give a folder, which is created if missing`
  })
  await t.rejects(tlsIdentity(options({ dir: join(dir, 'file', 'below') })), {
    constructor: UserError,
    message: `--tls-dir "${join(dir, 'file', 'below')}": it is a file, or in one: give a folder, which is created if missing`
  })
  await t.rejects(tlsIdentity(options({ dir: join(dir, 'full') })), {
    constructor: UserError,
    message: /^--tls-dir ".*": /
  })
})

t.test('an unwritable folder is refused with a reason', { skip: isRoot && 'root may write anywhere' }, async t => {
  const dir = t.testdir({})
  chmodSync(dir, 0o500)
  await t.rejects(tlsIdentity(options({ dir })), {
    constructor: UserError,
    message: `--tls-dir "${dir}": this user may not write there`
  })
})

t.test('existing files of an unwritable folder are used', async t => {
  const dir = t.testdir({})
  const { cert } = await tlsIdentity(options({ dir }))
  chmodSync(dir, 0o500)
  t.equal((await tlsIdentity(options({ dir }))).cert, cert)
  chmodSync(dir, 0o700)
})

t.test('a full disk is reported', { skip: !isRoot && 'only root can mount one' }, async t => {
  const dir = t.testdir({})
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'full', dir]).catch(() => undefined)
  if (!mounted) return t.plan(0, 'no disk can be mounted here')
  try {
    await t.rejects(tlsIdentity(options({ dir })), {
      constructor: UserError,
      message: `--tls-dir "${dir}": there is no space left on its disk`
    })
  } finally {
    await run('umount', [dir])
  }
})

t.test(
  'the certificates pass the checks of strict clients, such as Python since 3.13',
  { skip: noOpenssl },
  async t => {
    const dir = t.testdir({})
    for (let round = 0; round < 8; round++) {
      const { ca, cert } = await tlsIdentity(options({ names: ['mock.test', '10.1.2.3'] }))
      writeFileSync(join(dir, 'ca.pem'), ca ?? '')
      writeFileSync(join(dir, 'cert.pem'), cert)
      const names = ['-verify_hostname', 'mock.test', '-verify_ip', '10.1.2.3', '-purpose', 'sslserver']
      const files = ['-CAfile', join(dir, 'ca.pem'), join(dir, 'cert.pem')]
      const { stdout } = await run('openssl', ['verify', '-x509_strict', '-check_ss_sig', ...names, ...files])
      t.match(stdout, /cert\.pem: OK\n$/)
      const { stdout: text } = await run('openssl', ['x509', '-in', join(dir, 'cert.pem'), '-noout', '-text'])
      t.match(text, /X509v3 Authority Key Identifier: *\n/)
      t.match(text, /X509v3 Basic Constraints: critical\n/)
      t.match(text, /X509v3 Key Usage: critical\n/)
      t.match(text, /X509v3 Subject Alternative Name: *\n/, 'not critical, as there is a subject')
      t.notMatch(text, 'Negative')
    }
  }
)

t.test('a stored certificate that strict clients refuse is renewed by the same authority', async t => {
  const dir = t.testdir({})
  const { ca } = await tlsIdentity(options({ dir }))
  // What version 0.1.0 made, without the identifier of the authority's key.
  const old = await keepWithoutAuthorityKeyIdentifier(dir)
  const { cert, ca: same } = await tlsIdentity(options({ dir }))
  t.not(cert, old)
  t.equal(same, ca)
})

const keepWithoutAuthorityKeyIdentifier = async (dir: string): Promise<string> => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const [der = new ArrayBuffer(0)] = library.PemConverter.decode(readFileSync(join(dir, 'ca-key.pem'), 'utf8'))
  const names = ['localhost', '127.0.0.1', '::1', hostname()]
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await library.X509CertificateGenerator.create(
    {
      serialNumber: '01',
      subject: 'CN=session-mock',
      issuer: new library.X509Certificate(readFileSync(join(dir, 'ca.pem'), 'utf8')).subject,
      notBefore: new Date(Date.now() - 1000),
      notAfter: new Date(Date.now() + 86_400_000),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
      extensions: [
        new library.SubjectAlternativeNameExtension(
          names.map(value => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
        )
      ]
    },
    webcrypto
  )
  const cert = `${certificate.toString('pem')}\n`
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  writeFileSync(join(dir, 'cert.pem'), cert)
  writeFileSync(join(dir, 'key.pem'), `${library.PemConverter.encode(key, 'PRIVATE KEY')}\n`)
  return cert
}

t.test('a refused TLS handshake is logged with its reason and the setting that matters', async t => {
  const dir = t.testdir({})
  const authority = await Authority.create(Date.now())
  writeFileSync(join(dir, 'clients.pem'), authority.identity.cert)
  const unknown = await (await Authority.create(Date.now())).issue(['client'], Date.now())
  const hinted = async (over: Partial<TlsOptions>, say: (port: number, ca: string | undefined) => Promise<unknown>) => {
    const hints: string[] = []
    const { tls, port } = await serve(t, over, sentence => hints.push(sentence))
    await say(port, tls.ca)
    await until(() => hints.length > 0)
    return hints.join('\n').replaceAll(String(port), '…')
  }
  const failed = /^the TLS handshake of 127\.0\.0\.1 with port … failed: /
  const mutual = { clientCa: join(dir, 'clients.pem') }
  for (const [over, say, sentence] of [
    [{ min: '1.3' }, (port, ca) => ask(port, { ca, maxVersion: 'TLSv1.2' }), /no common version of TLS .*--tls-min$/],
    [mutual, (port, ca) => ask(port, { ca }), /its certificate is not accepted .*--tls-client-ca$/],
    [mutual, (port, ca) => ask(port, { ca, ...unknown }), /its certificate is not accepted .*--tls-client-ca$/]
  ] as readonly [Partial<TlsOptions>, (port: number, ca: string | undefined) => Promise<unknown>, RegExp][]) {
    const said = await hinted(over, say)
    t.match(said, failed)
    t.match(said, sentence)
  }
  const plain = await hinted({}, async port => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    await socket.toArray()
  })
  const alert = Object.assign(new Error('alert unknown ca'), { code: 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA' })
  t.match(
    describeClientError(alert, new Socket(), { address: '127.0.0.1', port: 4443, isHandshake: true }),
    /failed: the client refuses it .*\/__admin\/ca\.pem, or that of --tls-cert$/
  )
  t.equal(plain, '127.0.0.1 sent plain HTTP to port …, which is for HTTPS: begin its URL with https://')
})
