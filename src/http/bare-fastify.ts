import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

/**
 * Fastify without its validators and serialisers: products read and write their own wire, and the compilers would take longer
 * to load than all else. It reads no body either: what a media type means is for a product to say, not for Fastify.
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
