import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { serving } from '../../support/serving.js'

/** Sends a body without end, as fast as the server takes it, until the connection is closed; the answer, and the errors. */
const sendWithoutEnd = async (port: number, line: string): Promise<{ received: string; errors: string[] }> => {
  const socket = connect(port, '127.0.0.1')
  const said = { received: '', errors: [] as string[] }
  socket.setEncoding('latin1').on('data', text => {
    said.received += text
  })
  socket.on('error', error => said.errors.push(String(error)))
  socket.write(`${line} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n`)
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
  const more = (): void => {
    while (socket.writable && socket.write(chunk));
  }
  socket.on('drain', more).on('end', () => socket.end())
  more()
  await once(socket, 'close')
  return said
}

for (const [line, status] of [
  ['POST /nowhere', 404],
  ['PUT /__admin/scenario', 413],
  ['POST /session', 413]
] as const)
  t.test(`a client of ${line} with an endless body gets ${status}, complete, and the connection is closed`, async t => {
    const { url } = await serving(t, { bodyLimit: 100_000 })
    const port = Number(new URL(url).port)
    for (const { received, errors } of await Promise.all([1, 2, 3, 4].map(() => sendWithoutEnd(port, line)))) {
      t.match(received, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\n\\r\\n[\\s\\S]*"`))
      t.strictSame(errors, [])
    }
  })
