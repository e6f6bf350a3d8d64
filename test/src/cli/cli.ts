import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { run } from '../../support/command.js'

t.test('the help lists every setting and command', async t => {
  const golden = readFileSync(new URL('help.txt', import.meta.url), 'utf8')
  for (const word of ['--help', '-h', 'help']) t.same(await run([word]), { code: 0, out: golden, err: '' })
})

t.test('each command has its own help', async t => {
  const { code, out } = await run(['products', '--help'])
  t.equal(code, 0)
  t.match(out, /^Usage: session-mock products \[options\]\n\nlist products, operations, methods and paths\n/)
})

t.test('--version prints the version', async t => {
  for (const word of ['--version', '-v']) t.same(await run([word]), { code: 0, out: '1.2.3\n', err: '' })
})

t.test('the table of products has every product', async t => {
  const { code, out } = await run(['products'])
  t.equal(code, 0)
  t.same([...new Set(out.split('\n').map(line => line.split(' ', 1)[0]))].filter(Boolean), [
    'PRODUCT',
    'netbrain',
    'videntity',
    'cbrain',
    'hcx'
  ])
})

t.test('serve is the default command', async t => {
  for (const argv of [
    ['--port', '0'],
    ['serve', '--port', '0']
  ]) {
    const { code, out, err } = await run(argv)
    t.match(out, /\nReady\. session-mock 1\.2\.3 listening on http:\/\/127\.0\.0\.1:\d+\n$/)
    t.same({ code, err }, { code: 0, err: '' })
  }
})

const mistakes: readonly (readonly [what: string, argv: string, env: Record<string, string>, said: string])[] = [
  ['an unknown command', 'prodcts', {}, "unknown command 'prodcts'; did you mean products?"],
  ['a command that is like none', 'xyzzy', {}, "unknown command 'xyzzy'"],
  ['an unknown flag', '--prot 1', {}, "unknown option '--prot'; did you mean --port?"],
  ['an unknown flag of a command', 'products --jsn', {}, "unknown option '--jsn'; did you mean --json?"],
  ['a flag without its value', '--port', {}, "option '--port <number>' argument missing"],
  [
    'a port that is no number',
    '--port abc',
    {},
    '--port "abc": expected a whole number from 0 to 65535, where 0 selects a free port'
  ],
  [
    'a port out of range, in a variable',
    '',
    { SESSION_MOCK_PORT: '65536' },
    'SESSION_MOCK_PORT "65536": expected a whole number from 0 to 65535, where 0 selects a free port'
  ],
  [
    'a port in PORT',
    '',
    { PORT: '1e3' },
    'PORT "1e3": expected a whole number from 0 to 65535, where 0 selects a free port'
  ],
  [
    'a product that there is not',
    '--products netbrain,cbrian',
    {},
    '--products "netbrain,cbrian": expected the name of a product, netbrain, videntity, cbrain or hcx; did you mean cbrain?'
  ],
  ['a word for another', '--log JSON', {}, '--log "JSON": expected auto, pretty or json; did you mean json?'],
  [
    'a fidelity of one product',
    '--fidelity hcx=observd',
    {},
    '--fidelity "hcx=observd": expected documented or observed; did you mean observed?'
  ],
  [
    'a listener without a port',
    '--listen hcx',
    {},
    '--listen "hcx": expected <product>=<port>, or <product>=<port>@<space>'
  ],
  [
    'a listener of a product that is not served',
    '--products cbrain --listen hcx=9443',
    {},
    '--listen: hcx is not one of the --products'
  ],
  [
    'a port that is given to two products',
    '--listen cbrain=3000 --listen hcx=3000',
    {},
    '--listen: port 3000 is given twice, to cbrain and to hcx'
  ],
  [
    'the port of all, given to one besides',
    '--listen cbrain=4100',
    {},
    '--listen: port 4100 is given twice, to all products (--port) and to cbrain'
  ],
  [
    'an address with a path',
    '--host http://x',
    {},
    '--host "http://x": expected an address or a host name, such as 127.0.0.1, ::1 or localhost'
  ],
  [
    'an address of another machine',
    '--port 0 --host 192.0.2.1 --log-level error',
    {},
    '--host "192.0.2.1": this machine has no such address'
  ],
  [
    'a variable that is nearly one of ours',
    '',
    { SESSION_MOCK_LOGLEVEL: 'debug' },
    'SESSION_MOCK_LOGLEVEL: no such setting; did you mean SESSION_MOCK_LOG_LEVEL?'
  ]
]

for (const [what, argv, env, said] of mistakes)
  t.test(`${what} is refused in one line`, async t => {
    t.same(await run(argv.split(' ').filter(Boolean), { env }), { code: 2, out: '', err: `session-mock: ${said}\n` })
  })

t.test('all invalid settings are reported together', async t => {
  const { code, err } = await run(['--port', 'x', '--accounts', 'all'], { env: { SESSION_MOCK_LOG_LEVEL: 'warning' } })
  t.equal(code, 2)
  t.equal(
    err,
    [
      'session-mock: --port "x": expected a whole number from 0 to 65535, where 0 selects a free port',
      'session-mock: --accounts "all": expected listed or any; did you mean any?',
      'session-mock: SESSION_MOCK_LOG_LEVEL "warning": expected trace, debug, info, warn, error, fatal or silent',
      ''
    ].join('\n')
  )
})

t.test('unknown flags are reported with the invalid settings', async t => {
  const { code, err } = await run(['--prot', '1', '--journel=5', '--accounts', 'all'])
  t.equal(code, 2)
  t.equal(
    err,
    [
      "session-mock: unknown option '--prot'; did you mean --port?",
      "session-mock: unknown option '--journel'; did you mean --journal?",
      'session-mock: --accounts "all": expected listed or any; did you mean any?',
      ''
    ].join('\n')
  )
})

t.test('a port in use is reported with the flag for another', async t => {
  const other = createServer()
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  t.same(await run(['--port', String(port)]), {
    code: 3,
    out: '',
    err: `session-mock: port ${port} on localhost is in use; choose another with --port <number>; 0 selects a free one\n`
  })
  t.same(await run(['--port', '0', '--listen', `cbrain=${port}`]), {
    code: 3,
    out: '',
    err: `session-mock: port ${port} on localhost is in use; choose another with --listen cbrain=<number>; 0 selects a free one\n`
  })
})

t.test('an internal error is reported as a bug, with its stack', async t => {
  const { code, err } = await run(['--port', '0'], { stopped: () => Promise.reject(new Error('oh no')) })
  t.equal(code, 1)
  t.match(err, /^session-mock: this is a bug in session-mock: Error: oh no\n +at /)
})

t.test('a command with nothing left to wait for ends as a bug, not as a success', async t => {
  const events = new EventEmitter()
  const onIdle = (listener: () => void) => {
    events.on('idle', listener)
    return () => void events.off('idle', listener)
  }
  t.equal((await run(['--version'], { onIdle })).code, 0)
  t.equal(events.listenerCount('idle'), 0, 'a command that has ended is not watched')
  const stop = once(events, 'stop')
  const waiting = run(['--port', '0'], { onIdle, stopped: async () => void (await stop) })
  events.emit('idle')
  t.match(await waiting, {
    code: 1,
    err: 'session-mock: this is a bug in session-mock: the command has no result, and nothing is left to wait for\n'
  })
  events.emit('stop')
})
