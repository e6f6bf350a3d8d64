// The session calls of bare Fastify, in the version of the project.
import { createRequire } from 'node:module'

const { fastify } = createRequire(new URL('../../package.json', import.meta.url))('fastify')
const [port, body, type] = process.argv.slice(2)

const app = fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, _form, done) =>
  done(null)
)
const session = (_request, reply) => reply.type(type).send(body)
app.get('/session', session)
app.post('/session', session)
await app.listen({ port: Number(port), host: '127.0.0.1' })
