import t from 'tap'
import { fidelities } from '../../../src/product/product.js'
import { run } from '../../support/command.js'
import { products } from '../../support/known-products.js'
import { answering, realServer, verifyReal } from '../../support/verify.js'

for (const { name, title } of products)
  for (const fidelity of fidelities)
    t.test(`a session-mock is the same as itself: ${title}, ${fidelity}`, async t => {
      const { url, app } = await realServer(t, name, { fidelity })
      const { code, out, err } = await verifyReal(name, url, ['--fidelity', fidelity])
      t.equal(err, '')
      t.equal(code, 0)
      t.match(out, /\n\d+ same, 0 differ, \d+ not sent\. \d+ sessions were opened and ended\.\n$/)
      const { sessions, clock } = app.spaces.default
      t.equal(await sessions.count(name, clock.now()), 0, 'no session is left open')
    })

t.test('a mock in the other fidelity differs, and the right fidelity is named', async t => {
  const { url } = await realServer(t, 'netbrain', { fidelity: 'observed' })
  const { code, out } = await verifyReal('netbrain', url)
  t.equal(code, 5)
  t.match(out, /log out again +mock differs; observed is right\n/)
  t.match(
    out,
    '  text, body statusDescription: "Session not exist" instead of "Invalid token." (the mock is right with --fidelity observed)\n    log out again\n'
  )
  t.match(out, 'Run the mock with --fidelity netbrain=observed for the cases that are right there.\n')
  const right = await verifyReal('netbrain', url, ['--fidelity', 'observed'])
  t.equal(right.code, 0)
  t.match(right.out, /log out again +same; the document differs\n/)
  t.match(right.out, 'The document differs, the mock is right:\n')
})

t.test('a dry run sends nothing, and prints all requests without secrets', async t => {
  const { url, asked } = await answering(t, (_request, response) => response.end())
  const { code, out } = await verifyReal('cbrain', url, ['--dry-run'], { env: { REAL_PASSWORD: 'hunter2-and-more' } })
  t.equal(code, 0)
  t.strictSame(asked, [])
  t.match(
    out,
    `POST ${url}/session\n  Accept: application/json\n  Content-Type: application/x-www-form-urlencoded\n  login=demo&password=…\n`
  )
  t.match(out, /\n\d+ requests would be sent; none was\.\n$/)
  t.notMatch(out, 'hunter2')
  t.notMatch(out, /[0-9a-f]{32}/)
})

t.test('a wrong password is sent once, and never with --no-wrong-password', async t => {
  const { url, app } = await realServer(t, 'hcx')
  const wrong = () => app.spaces.default.journal.entries().filter(({ failure }) => failure === 'bad-credentials').length
  await verifyReal('hcx', url)
  t.equal(wrong(), 1)
  const { out } = await verifyReal('hcx', url, ['--no-wrong-password'])
  t.equal(wrong(), 1)
  t.match(out, 'not sent: it sends a wrong password: --no-wrong-password')
})

const wrongUrls = [
  [
    'cbrain.example.org',
    '--url "cbrain.example.org": expected a URL that begins with https:// or http://, such as https://cbrain.example.org'
  ],
  ['ftp://host', '--url "ftp://host": expected a URL that begins with https:// or http://'],
  ['https://', '--url "https://": it is not a URL'],
  [
    'https://host/portal',
    '--url "https://host/portal": expected scheme, host and port only, without a path of CBRAIN, such as https://host'
  ],
  [
    'https://host?a=b',
    '--url "https://host?a=b": expected scheme, host and port only, without a path of CBRAIN, such as https://host'
  ],
  [
    'https://me:secret@host',
    '--url "https://…@host": credentials in it are not supported: use --login and --password-env, such as https://host'
  ]
] as const

for (const [url, message] of wrongUrls)
  t.test(`--url ${url} is refused with a reason`, async t => {
    t.strictSame(await verifyReal('cbrain', url), { code: 2, out: '', err: `session-mock: ${message}\n` })
  })

t.test('the URL may contain the base path of a product', async t => {
  const { url } = await realServer(t, 'netbrain')
  t.equal((await verifyReal('netbrain', `${url}/ServicesAPI/API/`)).code, 0)
})

const wrongFlags: readonly (readonly [argv: readonly string[], message: string])[] = [
  [['cbrian'], 'there is no product "cbrian"; did you mean cbrain?'],
  [['cbrain'], '--url is missing: the address of the server, such as --url https://host'],
  [['cbrain', '--url', 'http://h'], '--login is missing: the login of an account of the server'],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x'],
    '--password-env is missing: the name of an environment variable with the password'
  ],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x', '--password-env', 'NONE'],
    '--password-env NONE: the environment has no such variable, or it is empty'
  ],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x', '--password-env', 's3cret!'],
    '--password-env: the environment has no such variable, or it is empty; give the name of a variable, never the password itself'
  ],
  [
    ['videntity', '--url', 'http://h', '--login', 'x', '--password-env', 'PW'],
    'a login to Videntity takes --product-option account_number=…'
  ],
  [
    ['videntity', '--url', 'http://h', '--login', 'x', '--password-env', 'PW', '--product-option', 'account_nmber=1'],
    '--product-option "account_nmber": Videntity has no such option; did you mean account_number?'
  ],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x', '--password-env', 'PW', '--pause', 'soon'],
    '--pause "soon": expected a duration such as 1s or 500ms, or 0'
  ],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x', '--password-env', 'PW', '--timeout', '0'],
    '--timeout "0": expected a duration such as 90s, 30m or 1h30m'
  ],
  [
    ['cbrain', '--url', 'http://h', '--login', 'x', '--password-env', 'PW', '--fidelity', 'real'],
    '--fidelity "real": expected documented or observed'
  ],
  [
    ['cbrain', '--url', 'https://h', '--login', 'x', '--password-env', 'PW', '--ca', '/none.pem'],
    '--ca "/none.pem": it cannot be read: ENOENT: no such file or directory, open \'/none.pem\''
  ]
]

for (const [argv, message] of wrongFlags)
  t.test(`verify-real ${argv.join(' ')} is refused with a reason`, async t => {
    const { code, out, err } = await run(['verify-real', ...argv], { env: { PW: 'x' } })
    t.strictSame([code, out, err], [2, '', `session-mock: ${message}\n`])
  })

t.test('an account number in another format is refused', async t => {
  const { code, err } = await verifyReal('videntity', 'http://h', ['--product-option', 'account_number=7'])
  t.equal(code, 2)
  t.match(err, 'session-mock: --product-option account_number: expected ')
})
