import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'

/**
 * Fastify without its validators and serialisers: products read and write their own wire, and the compilers would take longer
 * to load than all else.
 */
export const bareFastify = (options: FastifyServerOptions): FastifyInstance =>
  Fastify({ ...options, schemaController: { compilersFactory: { buildValidator: none, buildSerializer: none } } })

const none = () => () => {
  throw new Error('no route here has a schema of Fastify')
}
