import type { FastifyRequest } from 'fastify'
import { nearest } from '../base/user-error.js'
import { decodedPath } from '../http/path.js'
import { Problem } from '../http/problem.js'
import { controlPath } from '../product/unmatched.js'
import type { Endpoint } from './endpoint.js'

/** The refusal of an unknown path or method, with the nearest path or the allowed methods. */
export const unrouted = (request: FastifyRequest, endpoints: readonly Endpoint[]): Problem => {
  const path = decodedPath(request.url).slice(controlPath.length)
  const methods = endpoints.filter(endpoint => matches(endpoint, path)).flatMap(methodsOf)
  if (methods.length === 0) return unknownPath(path, endpoints)
  return new Problem(
    405,
    'No such method',
    `${controlPath}${path} allows ${methods.join(', ')}, not ${request.method}.`,
    { allow: methods },
    { Allow: methods.join(', ') }
  )
}

const matches = (endpoint: Endpoint, path: string): boolean =>
  new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

const unknownPath = (path: string, endpoints: readonly Endpoint[]): Problem => {
  const paths = [...new Set(endpoints.map(endpoint => `${controlPath}${endpoint.path}`))]
  const meant = nearest(`${controlPath}${path}`, paths)
  return new Problem(
    404,
    'No such path',
    `${controlPath}${path} is not a path of the control API${meant ? `; did you mean ${meant}?` : '.'}`,
    { paths }
  )
}

/** Health checks may use HEAD. */
export const methodsOf = ({ method, open }: Endpoint): string[] =>
  open && method === 'GET' ? ['GET', 'HEAD'] : [method]
