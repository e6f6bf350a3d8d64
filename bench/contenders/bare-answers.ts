import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bench } from '../places.js'
import type { Answer, Call } from '../request.js'
import { bareFastify } from './bare.js'
import type { Contender } from './contender.js'

/** A call, and how session-mock answered it. */
export interface AnsweredCall {
  readonly call: Call
  readonly answer: Answer
}

/** A port that speaks TLS, with `cert.pem` and `key.pem` in a folder. */
export interface TlsPort {
  readonly port: number
  readonly folder: string
}

/** Bare Fastify that gives the same answers to these calls, with the same parsers, headers and bytes. */
export const bareAnswers = (calls: readonly AnsweredCall[], tls: TlsPort | undefined): Contender => ({
  ...bareFastify,
  ...(calls[0] && { ready: calls[0].call }),
  command: async ({ node, port, folder }) => {
    const file = join(folder, 'answers.json')
    await writeFile(file, JSON.stringify(calls.map(answerOf)))
    const overTls = tls ? [String(tls.port), tls.folder] : []
    return { program: node.program, args: [join(bench, 'servers/bare-answers.mjs'), file, String(port), ...overTls] }
  }
})

const answerOf = ({ call, answer: { status, headers, body } }: AnsweredCall) => ({
  method: call.method,
  path: call.path.split('?')[0],
  status,
  headers: Object.fromEntries(headers.filter(([name]) => !own.test(name))),
  body
})

/** Headers that Fastify and Node write themselves. */
const own = /^(?:date|content-length|connection|keep-alive)$/i
