import t from 'tap'
import { createRedactor, headerValue } from '../../../src/journal/redactor.js'
import { namesSecret } from '../../../src/journal/secret-fields.js'
import { shortToken } from '../../../src/session/accounts.js'

const token = '78a7ac4e:ab72:483c:9f66:a76525838fd1'
const hide = createRedactor({ tokens: [token] })

t.test('a token is abbreviated: recognizable, but not usable', async t => {
  t.equal(shortToken(token), '78a7…8fd1')
  t.equal(shortToken('De325h3Fsdg76rt'), 'De32…76rt')
  t.equal(shortToken('short'), '…')
  t.equal(shortToken(''), '…')
})

const texts: readonly (readonly [what: string, text: string, shown: string])[] = [
  ['a query', '/session?login=demo&password=hunter2&x=1', '/session?login=demo&password=…&x=1'],
  ['a query with a token', `/x?token=${token}&a=1`, '/x?token=78a7…8fd1&a=1'],
  ['a token that is percent-encoded', `/x?t=${encodeURIComponent(token)}`, '/x?t=78a7…8fd1'],
  ['one in small letters', `/x?t=${token.replaceAll(':', '%3a')}&b=2`, '/x?t=78a7…8fd1&b=2'],
  ['one that is encoded in part and needlessly', `/x?t=%378a7ac4e%3Aab72:483c:9f66:a76525838fd%31`, '/x?t=78a7…8fd1'],
  ['one that is a part of a path', `/sessions/${token}/end`, '/sessions/78a7…8fd1/end'],
  ['a form', 'login=demo&password=hunter2', 'login=demo&password=…'],
  ['a form whose password has everything in it', 'password=a b;c="d"\'<e>…&login=x', 'password=…&login=x'],
  [
    'a form with encoded names',
    'user%5Bpassword%5D=a&user[password]=b&p%61ssword=c',
    'user%5Bpassword%5D=…&user[password]=…&p%61ssword=…'
  ],
  ['a form with an empty password', 'password=&login=demo', 'password=&login=demo'],
  ['JSON', '{"username":"demo","password":"hunter2","n":1}', '{"username":"demo","password":"…","n":1}'],
  ['JSON with spaces', '{ "Password" : "hunter2" }', '{ "Password" : "…" }'],
  [
    'JSON with escapes',
    '{"password":"hun\\"te\\\\r2","pa\\u0073sword":"x","a":"b"}',
    '{"password":"…","pa\\u0073sword":"…","a":"b"}'
  ],
  ['JSON that is cut short', '{"username":"demo","password":"hunter2', '{"username":"demo","password":"…'],
  ['JSON in Python', "{'password': 'hunter2', 'a': 'b'}", "{'password': '…', 'a': 'b'}"],
  ['a password that is a number', '{"password":12345,"a":3}', '{"password":…,"a":3}'],
  ['a password in a list', '{"password":["hunter2"]}', '{"password":["…"]}'],
  [
    'JSON within JSON',
    '{"a":"{\\"password\\":\\"hunter2\\",\\"b\\":1}"}',
    '{"a":"{\\"password\\":\\"…\\",\\"b\\":1}"}'
  ],
  ['a URL within JSON', '{"url":"http://x/?token=hunter2","b":1}', '{"url":"http://x/?token=…","b":1}'],
  ['a token in JSON', `{"cbrain_api_token":"00112233445566778899aabbccddeeff"}`, '{"cbrain_api_token":"0011…eeff"}'],
  ['XML', '<r><password a="b">hunter2</password><x>y</x></r>', '<r><password a="b">…</password><x>y</x></r>'],
  [
    'XML with CDATA',
    '<r><password><![CDATA[a<b]]></password><session_key>De325h3Fsdg76rt</session_key></r>',
    '<r><password>…</password><session_key>De32…76rt</session_key></r>'
  ],
  [
    'multipart',
    '--B\r\nContent-Disposition: form-data; name="login"\r\n\r\ndemo\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nhun\r\nter2\r\n--B--',
    '--B\r\nContent-Disposition: form-data; name="login"\r\n\r\ndemo\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n…\r\n--B--'
  ],
  [
    'multipart with bare names and more headers',
    '--B\ncontent-disposition: form-data; name=password\ncontent-type: text/plain\n\nhunter2\n--B--',
    '--B\ncontent-disposition: form-data; name=password\ncontent-type: text/plain\n\n…\n--B--'
  ],
  [
    'multipart that is cut short',
    '--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunt',
    '--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n…'
  ],
  ['binary', `\u0000\ufffd${token}\ufffd`, '\u0000\ufffd78a7…8fd1\ufffd'],
  [
    'what is no secret',
    '{"login":"demo","authentication_id":"ldap","passed":"yes"}',
    '{"login":"demo","authentication_id":"ldap","passed":"yes"}'
  ],
  [
    'a password under several keys',
    '{"a":{"password":{"value":"x","n":[7]}}}',
    '{"a":{"password":{"value":"…","n":[…]}}}'
  ],
  ['the second item of a list', '{"password":["abc1","abc2"]}', '{"password":["…","…"]}'],
  ['a list of tokens', '{"tokens":["0123456789abcdef"]}', '{"tokens":["0123…cdef"]}'],
  ['names and values without quotes', '{password: hunter2, a: b}', '{password: …, a: b}'],
  ['YAML', 'login: demo\npassword: hunter2\n', 'login: demo\npassword: …\n'],
  ['an attribute of XML', '<user password="hunter2" a="b"/>', '<user password="…" a="b"/>'],
  [
    'an element within an XML password',
    '<password><v>hunter2</v></password><a>b</a>',
    '<password><v>…</v></password><a>b</a>'
  ],
  ['a form with semicolons', 'login=demo;password=hunter2', 'login=demo;password=…'],
  ['a name that is encoded twice', 'user%255Bpass%2577ord%255D=hunter2&a=b', 'user%255Bpass%2577ord%255D=…&a=b'],
  [
    'multipart behind a preamble',
    'hello\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--B--',
    'hello\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n…\r\n--B--'
  ],
  ['nothing', '', '']
]

for (const [what, text, shown] of texts) t.test(`in ${what}`, async t => t.equal(hide(text), shown))

t.test('a token that is a common text is redacted only in fields for tokens', async t => {
  t.equal(createRedactor({ tokens: ['demo'] })('{"login":"demo","token":"demo"}'), '{"login":"demo","token":"…"}')
  t.equal(createRedactor({ tokens: [''] })('abc'), 'abc')
})

t.test('a known password is redacted everywhere, a short one as a whole word', async t => {
  const hide = createRedactor({ tokens: [], passwords: ['hünter2-long', 'abcd', 'x'] })
  t.equal(hide('/x/hünter2-long/y'), '/x/…/y')
  t.equal(hide('/x/h%C3%BCnter2-long?a=h%25c3%25bcnter2%252dlong'), '/x/…?a=…')
  t.equal(hide('{"a":"h\\u00fcnter2-long"}'), '{"a":"…"}')
  t.equal(hide('abcd abcde x'), '… abcde x')
})

t.test('a token is redacted in the texts of its space', async t => {
  const hide = createRedactor({ tokens: [], isToken: word => word === token })
  t.equal(hide(`/sessions/${token}/end`), '/sessions/78a7…8fd1/end')
  t.equal(hide(`token is:${token}.`), 'token is:78a7…8fd1.')
})

const password = 'Hünter2 & "Co"'

/** The ways in which clients, logs and proxies write a value. */
const writings: Readonly<Record<string, (value: string) => string>> = {
  'as it is': value => value,
  'in capitals': value => value.toUpperCase(),
  'in small letters': value => value.toLowerCase(),
  'percent-encoded': encodeURIComponent,
  'percent-encoded twice': value => encodeURIComponent(encodeURIComponent(value)),
  'in a form': value => new URLSearchParams({ a: value }).toString().slice(2),
  'in JSON': value => JSON.stringify(value).slice(1, -1),
  'in JSON within JSON': value => JSON.stringify(JSON.stringify(value).slice(1, -1)).slice(1, -1),
  'in JSON, each character escaped': value =>
    value.replace(/./gs, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'in XML': value => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll(':', '&#58;'),
  'in a log of nginx': value =>
    [...Buffer.from(value)]
      .map(byte =>
        byte < 0x30 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)
      )
      .join(''),
  'in base64': value => Buffer.from(value).toString('base64'),
  'in base64url': value => Buffer.from(value).toString('base64url'),
  'in base64 behind a login': value => Buffer.from(`demo:${value}`).toString('base64'),
  'in base64 of JSON': value => Buffer.from(JSON.stringify({ a: value })).toString('base64'),
  'in base64 in a query': value => encodeURIComponent(Buffer.from(value).toString('base64'))
}

const around: readonly (readonly [before: string, after: string])[] = [
  ['', ''],
  ['/api/v1/', '/end'],
  ['/x;note=', '?a=b'],
  ['login,note\ndemo,', '\n'],
  ['{"note":"', '"}'],
  ['<note>', '</note>']
]

for (const [how, write] of Object.entries(writings))
  t.test(`a known token or password is hidden ${how}, wherever it stands`, async t => {
    const hide = createRedactor({ tokens: [token], passwords: [password] })
    for (const [before, after] of around) {
      t.equal(hide(`${before}${write(token)}${after}`), `${before}78a7…8fd1${after}`)
      t.equal(hide(`${before}${write(password)}${after}`), `${before}…${after}`)
    }
  })

t.test('what only looks like base64 stays as it is', async t => {
  for (const text of ['/application/sessions/deadbeefdeadbeef', 'aGVsbG8gd29ybGQ=', 'AAAAAAAAAAAAAAAA'])
    t.equal(hide(text), text)
})

t.test('any number of blanks may separate a name from its value', async t => {
  const blanks = ' '.repeat(5000)
  t.equal(hide(`{"password"${blanks}:${blanks}"hunter2"}`), `{"password"${blanks}:${blanks}"…"}`)
  t.equal(hide(`<password${blanks}a="${blanks}">hunter2</password>`), `<password${blanks}a="${blanks}">…</password>`)
})

t.test('the part of a path behind a secret name is hidden', async t => {
  t.equal(hide('/users/password/hunter2?a=b'), '/users/password/…?a=b')
  t.equal(hide('/token/0123456789abcdef/end'), '/token/0123…cdef/end')
  for (const text of ['/passwords', '/tokens/list', '/run/secrets/key']) t.equal(hide(text), text)
})

t.test('a value is found among thousands with the same beginning', async t => {
  const passwords = Array.from({ length: 5000 }, (_, index) => `secret-of-account-${index}`)
  const hide = createRedactor({ passwords })
  t.equal(hide('a secret-of-account-4999, and secret-of-nobody'), 'a …, and secret-of-nobody')
})

t.test('a token of any length is redacted, also in a truncated text', async t => {
  const long = 'Ab1-'.repeat(10_000)
  t.equal(createRedactor({ tokens: [long] })(`/x/${long}?a=b`), '/x/Ab1-…Ab1-?a=b')
  t.equal(createRedactor({ tokens: [long] })(`/x/${long.slice(0, 5000)}`), '/x/Ab1-…Ab1-')
})

const headers: readonly (readonly [name: string, value: string, shown: string])[] = [
  ['Authorization', `Bearer ${token}`, 'Bearer 78a7…8fd1'],
  ['authorization', `Token token="${token}"`, 'Token 78a7…8fd1'],
  ['Authorization', token, '78a7…8fd1'],
  ['Authorization', 'Basic ZGVtbzpodW50ZXIyaHVudGVyMg==', 'Basic …'],
  ['Authorization', 'Bearer', '…'],
  ['Authorization', 'Bearer ', 'Bearer '],
  ['x-hm-authorization', 'another-token-of-somebody', 'anot…body'],
  ['Token', token, '78a7…8fd1'],
  ['X-Api-Key', '0123456789abcdef', '0123…cdef'],
  ['X-Auth-Password', 'hunter2hunter2', '…'],
  ['Cookie', 'a=b; sid=0123456789', 'a=b;…6789'],
  ['Set-Cookie', 'sid=0123456789; Path=/', 'sid=…th=/'],
  ['Referer', 'http://x/?password=hunter2', 'http://x/?password=…'],
  ['AUTH_TOKEN_NAME', 'x-hm-authorization', 'x-hm-authorization'],
  ['Accept', 'application/json', 'application/json'],
  ['X-Note', `about ${token}`, 'about 78a7…8fd1'],
  ['token', '', '']
]

for (const [name, value, shown] of headers)
  t.test(`in the header ${name}: ${value}`, async t => t.equal(headerValue(name, value, hide), shown))

t.test('a URL has a secret only if its parameter has a value', async t => {
  for (const url of ['/x?password=a', '/x?a=1&session_key=b', '/x?cbrain_api_token=c', '/x?TOKEN=d', '/x?p%61ssword=e'])
    t.ok(namesSecret(url), url)
  for (const url of ['/x?password=', '/x?login=demo', '/password/x', '/x?passed=1', '/x'])
    t.notOk(namesSecret(url), url)
})

t.test('redaction takes linear time', async t => {
  const odd = [
    '<',
    '"',
    '\\',
    ' \\',
    '"a":"',
    '"password":"\\',
    'content-disposition: form-data; name=',
    '\r\n',
    'a=',
    '%7',
    '%25',
    '<token><![CDATA[',
    '<token>',
    '{"token":[',
    '"token":',
    'content-disposition: form-data; name=token\r\n',
    'token=',
    '<a ',
    '[',
    'token[a'
  ]
  for (const piece of odd) {
    const from = process.cpuUsage().user
    hide(piece.repeat(65_536 / piece.length))
    const ms = (process.cpuUsage().user - from) / 1000
    t.ok(ms < 500, `${JSON.stringify(piece)}: ${ms}ms`)
  }
})
