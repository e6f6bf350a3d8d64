import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

/**
 * Fastify without its validators, serialisers and body parsers: products read and write bodies themselves, and the compilers would
 * take longer to load than everything else.
 */
export const bareFastify = (options: FastifyServerOptions): FastifyInstance => {
  const app = Fastify({
    ...options,
    schemaController: { compilersFactory: { buildValidator: none, buildSerializer: none } }
  })
  for (const method of app.supportedMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  return app
}

const none = () => () => {
  throw new Error('no route here has a schema of Fastify')
}
