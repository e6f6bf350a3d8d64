import t, { type Test } from 'tap'
import { serving } from '../../support/command.js'
import { verifyReal } from '../../support/verify.js'

/** A session-mock with HTTPS, in the place of a real server, and the file of its authority. */
const secureServer = async (t: Test, ...flags: string[]) => {
  const { url, out } = await serving(t, '--https-port', '0', ...flags)
  const ca = await (await fetch(`${url}/__admin/ca.pem`)).text()
  return {
    https: /https:\/\/[\w.:]+/.exec(out())?.[0] ?? '',
    ca: `${t.testdir({ 'ca.pem': ca })}/ca.pem`
  }
}

t.test('over TLS the mock responds as over TLS, and the certificate is verified', async t => {
  const { https, ca } = await secureServer(t)
  const { code, out } = await verifyReal('hcx', https, ['--ca', ca])
  t.equal(code, 0, out)
  t.match(out, ' 0 differ,')
  const unknown = await verifyReal('hcx', https)
  t.equal(unknown.code, 1)
  t.match(
    unknown.err,
    'its certificate is of an unknown authority; name that with --ca FILE, or accept any with --insecure'
  )
  t.equal((await verifyReal('hcx', https, ['--insecure'])).code, 0)
})

for (const [fault, words] of [
  ['expired', 'its certificate has expired; accept it with --insecure (CERT_HAS_EXPIRED)'],
  ['wrong-host', 'its certificate is for another host; accept it with --insecure (ERR_TLS_CERT_ALTNAME_INVALID)'],
  [
    'self-signed',
    'its certificate is self-signed; name it with --ca FILE, or accept any with --insecure (DEPTH_ZERO_SELF_SIGNED_CERT)'
  ]
] as const)
  t.test(`a certificate that is ${fault} is named, and accepted with --insecure`, async t => {
    const { https, ca } = await secureServer(t, '--tls-fault', fault)
    const { code, err } = await verifyReal('hcx', https, fault === 'self-signed' ? [] : ['--ca', ca])
    t.strictSame([code, err], [1, `session-mock: ${https} cannot be reached: ${words}\n`])
    t.equal((await verifyReal('hcx', https, ['--insecure'])).code, 0)
  })
