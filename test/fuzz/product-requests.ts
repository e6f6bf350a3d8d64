import fc from 'fast-check'
import type { Driver, Request } from '../support/driver.js'
import { drivers } from '../support/drivers.js'
import { bodies, encoded, oddTexts, utf8 } from './bodies.js'
import { type FuzzRequest, framings } from './request.js'
import { tokensOf } from './tokens.js'

/** Requests to every operation of every product: as its clients send them, and changed in one way or several. */
export const productRequests = (): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    ...drivers.map(driver =>
      fc.oneof({ weight: 3, arbitrary: valid(driver) }, { weight: 5, arbitrary: varied(driver) })
    )
  )

const valid = (driver: Driver): fc.Arbitrary<FuzzRequest> =>
  fc
    .constantFrom(...tokensOf(driver.product.name))
    .chain(token =>
      fc.constantFrom(
        ...[
          driver.login(),
          driver.use(token),
          driver.use(token),
          driver.logout(token),
          ...Object.values(driver.invalidRequests).map(invalid => invalid.request(token))
        ].map(plain)
      )
    )

const plain = ({ method, url, headers = {}, payload = '' }: Request): FuzzRequest => ({
  method,
  target: url,
  headers: Object.entries(headers),
  body: utf8(payload),
  framing: 'length'
})

/** The routes of a product, as `GET /session.json`. */
const routesOf = ({ product }: Driver): readonly (readonly [string, string])[] =>
  product.operations.flatMap(({ routes }) => routes.map(([method, path]) => [method, path] as const))

const varied = (driver: Driver): fc.Arbitrary<FuzzRequest> => {
  const tokens = tokensOf(driver.product.name)
  return fc
    .record({
      route: fc.constantFrom(...routesOf(driver)),
      method: fc.option(
        fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'QUERY', 'get'),
        {
          freq: 4,
          nil: undefined
        }
      ),
      path: pathChanges,
      query: queries(tokens),
      headers: fc
        .tuple(credentials(tokens), fc.array(oddHeaders, { maxLength: 2 }))
        .map(([one, others]) => [...one, ...others]),
      body: fc.option(bodies(tokens), { nil: { type: undefined, text: '' } }),
      framing: fc.oneof({ weight: 6, arbitrary: fc.constant('length' as const) }, fc.constantFrom(...framings))
    })
    .map(({ route: [method, path], body, ...rest }) => ({
      method: rest.method ?? method,
      target: rest.path(path) + rest.query,
      headers: [...rest.headers, ...(body.type === undefined ? [] : [['Content-Type', body.type] as const])],
      body: body.text,
      framing: rest.framing
    }))
}

const spaces = ['', '', '', '/~w1', '/~w2', '/~', '/~%77', '/~w1/~w2', `/~${'s'.repeat(70)}`, '/%7Ew1', '/~..']

const pathChanges = fc
  .tuple(
    fc.constantFrom(...spaces),
    fc.constantFrom(...['', '', '', '.json', '.xml', '/', '/%00', '.%6Ason', '%', '%zz', ';a', '/../x', '#x']),
    fc.nat(30),
    fc.nat(5)
  )
  .map(
    ([prefix, suffix, at, what]) =>
      (path: string) =>
        prefix + changed(path, at % path.length, what) + suffix
  )

const changed = (path: string, at: number, what: number): string => {
  const put = (text: string) => path.slice(0, at) + text + path.slice(at + 1)
  if (what === 0) return put(`%${path.charCodeAt(at).toString(16)}`)
  if (what === 1) return put('//')
  if (what === 2) return put((path[at] ?? '').toUpperCase())
  return path
}

const queries = (tokens: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    fc
      .tuple(
        fc.constantFrom('token', 'cbrain_api_token', 'login', 'format', 'tenantId', '__proto__', 'a[b]'),
        fc.oneof(fc.constantFrom(...tokens), oddTexts)
      )
      .map(([name, value]) => `?${name}=${encoded(value.slice(0, 4000))}`),
    fc.constantFrom(
      '?',
      '??',
      '?&&&',
      '?%',
      '?a=%zz',
      `?${'a=1&'.repeat(1000)}`,
      '?login=demo&password=demo',
      '?format=xml'
    )
  )

type Header = readonly [string, string]

const credentials = (tokens: readonly string[]): fc.Arbitrary<readonly Header[]> =>
  fc.constantFrom(...tokens).chain(token =>
    fc.constantFrom<readonly Header[]>(
      [],
      [['token', token]],
      [
        ['token', token],
        ['Token', token]
      ],
      [['Authorization', `Bearer ${token}`]],
      [['Authorization', token]],
      [['x-hm-authorization', token]],
      [['Cookie', `_BrainPortal_session=${token}; a`]],
      [['Authorization', `Basic ${Buffer.from(`demo:${token}`).toString('base64')}`]],
      [['Authorization', 'Basic ZGVtbzpkZW1v']]
    )
  )

const oddHeaders = fc.oneof(
  fc.constantFrom<Header>(
    ['Accept', 'application/json'],
    ['Accept', 'application/xml;q=0.5, */*;q=x'],
    ['Accept', 'a/b,'.repeat(500)],
    ['Accept-Encoding', 'gzip'],
    ['Content-Encoding', 'gzip'],
    ['If-None-Match', '"x", W/"y", *'],
    ['If-None-Match', '*'],
    ['X-Forwarded-For', '10.0.0.9, 192.168.1.1, ::1, x'],
    ['X-HTTP-Method-Override', 'DELETE'],
    ['X-Request-Id', 'r'.repeat(500)],
    ['X-Mock-Space', 'w1'],
    ['X-Mock-Space', '../'],
    ['Origin', 'http://evil.example'],
    ['Range', 'bytes=0-1'],
    ['__proto__', 'x'],
    ['X-Many', 'x'.repeat(15_000)]
  ),
  fc
    .string({ unit: fc.integer({ min: 0x80, max: 0xff }).map(code => String.fromCharCode(code)), maxLength: 20 })
    .map((text): Header => ['X-Bytes', text]),
  fc
    .string({
      unit: fc
        .integer({ min: 0x21, max: 0xff })
        .filter(code => code !== 0x7f)
        .map(code => String.fromCharCode(code)),
      maxLength: 20
    })
    .map((text): Header => ['User-Agent', text])
)

/** What asks for an effect, well and badly. */
export const preferences = fc.oneof(
  fc.constantFrom(
    'fail=server-error',
    'fail=unavailable, delay=5ms',
    'fail=nonsense',
    'delay=20ms',
    'delay=20s',
    'delay=-1s, status=99',
    'status=418',
    'status=204',
    'status=304',
    'connection=reset',
    'connection=empty',
    'connection=malformed',
    'connection=garbage',
    'respond-async, wait=5',
    `${'a=b,'.repeat(2000)}status=500`
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 })
)
