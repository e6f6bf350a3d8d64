// Fastify with the response of another server, from the file that is the first argument: the same parsers, headers and bytes.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../package.json', import.meta.url))
const { fastify } = require('fastify')
const [file, port] = process.argv.slice(2)
const { method, path, status, headers, body } = JSON.parse(readFileSync(file, 'utf8'))

const app = fastify()
app.register(require('@fastify/formbody'))
app.route({
  method,
  url: path,
  handler: (_request, reply) => {
    reply.code(status).headers(headers).send(body)
  }
})
await app.listen({ port: Number(port), host: '127.0.0.1' })
