import fc from 'fast-check'

/** A body and the Content-Type that goes with it, as far as it does. */
export interface Body {
  readonly type: string | undefined
  readonly text: string
}

const names = [
  'username',
  'password',
  'login',
  'session_key',
  'cbrain_api_token',
  'token',
  'account_number',
  'authentication_id',
  'tenantId',
  'domainId',
  'authenticity_token',
  '__proto__',
  'constructor',
  'USERNAME',
  'login[]',
  'a b'
]

const boundary = '----fuzz'

/** Bodies of every media type that a product or another server knows, whole and broken; `tokens` may stand in them. */
export const bodies = (tokens: readonly string[]): fc.Arbitrary<Body> => {
  const value = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom('demo', 'norm', '', '100000000000001', 'fb24f3f0-81a7-1929-4b8f-99106c23fa5b')
    },
    { weight: 3, arbitrary: fc.constantFrom(...tokens) },
    { weight: 2, arbitrary: oddTexts },
    { weight: 1, arbitrary: fc.constant(`${'a'.repeat(30)}!`) }
  )
  const fields = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 5 })
  const json = fc.oneof(
    fields.map(pairs => JSON.stringify(Object.fromEntries(pairs))),
    fields.map(pairs => JSON.stringify([Object.fromEntries(pairs), { tokens: pairs.map(([, text]) => text) }])),
    fc.json({ maxDepth: 3 }),
    fc.integer({ min: 1, max: 20_000 }).map(depth => '['.repeat(depth))
  )
  const whole = fc.oneof(
    json.map(text => ({ type: 'application/json', text: utf8(text) })),
    fields.map(pairs => ({ type: 'application/x-www-form-urlencoded', text: formOf(pairs) })),
    fields.map(pairs => ({ type: `multipart/form-data; boundary=${boundary}`, text: utf8(multipartOf(pairs)) })),
    fields.map(pairs => ({ type: 'application/xml', text: utf8(xmlOf(pairs)) })),
    fc.string({ maxLength: 200 }).map(text => ({ type: 'text/plain', text: utf8(text) })),
    fc.constantFrom(70_000, 1_048_576, 1_100_000).map(size => ({ type: 'application/json', text: ' '.repeat(size) })),
    fc
      .constantFrom('<token><![CDATA[', '--', '&a', '{"a":', '%')
      .map(text => ({ type: undefined, text: text.repeat(1000) }))
  )
  const type = fc.constantFrom(...types)
  return fc.oneof(
    { weight: 6, arbitrary: whole },
    // What the header says, and what the body is, are two things.
    { weight: 2, arbitrary: fc.tuple(whole, type).map(([{ text }, other]) => ({ type: other, text })) },
    {
      weight: 1,
      arbitrary: fc.tuple(whole, fc.double({ min: 0, max: 1, noNaN: true })).map(([body, at]) => cut(body, at))
    }
  )
}

const types = [
  undefined,
  'application/json',
  'application/json; charset=utf-16',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  `multipart/form-data; boundary=${boundary}`,
  `multipart/mixed; boundary="${boundary}"`,
  'application/xml',
  'text/plain',
  'application/yaml',
  'x',
  '/',
  'application/json, text/plain'
]

export const oddTexts = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '<b>',
    ']]>',
    '&#0;',
    '\u0000',
    'Zoëł',
    '\ud800',
    '%00%ff',
    '../..',
    "' or 1=1",
    '𝒳'.repeat(50),
    'a'.repeat(30),
    'u'.repeat(20_000)
  )
)

/** A text as the bytes of its UTF-8, a character each. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

type Pairs = readonly (readonly [string, string])[]

const formOf = (pairs: Pairs): string => pairs.map(([name, value]) => `${name}=${encoded(value)}`).join('&')

const multipartOf = (pairs: Pairs): string =>
  `${pairs.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--${boundary}--\r\n`

const xmlOf = (pairs: Pairs): string =>
  `<session>${pairs.map(([name, value]) => `<${name}>${value}</${name}>`).join('')}</session>`

const cut = ({ type, text }: Body, at: number): Body => ({ type, text: text.slice(0, Math.floor(text.length * at)) })

/** Percent-encoded; a half of a surrogate pair is what UTF-8 makes of it. */
export const encoded = (text: string): string => encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'))
