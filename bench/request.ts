import { type Agent, request } from 'node:http'

export interface Call {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Answer {
  readonly status: number
  readonly type: string
  /** In the letter case and order in which they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** One call, on a connection of its own unless an agent keeps some. Throws where there is no answer within so many milliseconds. */
export const ask = (
  port: number,
  { method, path, headers, body }: Call,
  agent: Agent | false = false,
  patience = 10_000
): Promise<Answer> =>
  new Promise((answered, failed) => {
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) }
    const options = {
      host: '127.0.0.1',
      port,
      method,
      path,
      headers: { ...headers, ...length },
      agent,
      timeout: patience
    }
    const asking = request(options, answer => {
      const parts: string[] = []
      answer.setEncoding('utf8').on('data', part => parts.push(part))
      answer.on('error', failed).on('end', () => {
        const { statusCode: status = 0, headers, rawHeaders } = answer
        answered({ status, type: headers['content-type'] ?? '', headers: pairs(rawHeaders), body: parts.join('') })
      })
    })
    asking.on('timeout', () => asking.destroy(new Error(`no answer to ${method} ${path} within ${patience / 1000} s`)))
    asking.on('error', failed).end(body)
  })

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))
