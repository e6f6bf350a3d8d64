// Answers that another server gave, from Fastify with the same parsers, headers and bytes: those of the file that is named first.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(new URL('../../package.json', import.meta.url))
const { fastify } = require('fastify')
const [file, port, tlsPort, tlsFolder] = process.argv.slice(2)
const answers = JSON.parse(readFileSync(file, 'utf8'))

const listen = async (port, https) => {
  const app = fastify({ https })
  app.register(require('@fastify/formbody'))
  for (const { method, path, status, headers, body } of answers) {
    const handler = (_request, reply) => {
      reply.code(status).headers(headers).send(body)
    }
    app.route({ method, url: path, handler })
  }
  await app.listen({ port: Number(port), host: '127.0.0.1' })
}

if (tlsPort !== undefined)
  await listen(tlsPort, { cert: readFileSync(`${tlsFolder}/cert.pem`), key: readFileSync(`${tlsFolder}/key.pem`) })
await listen(port, null)
