import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { endAfterResponse } from '../http/linger.js'
import { Problem, problemAnswer, send } from '../http/problem.js'
import { longBody, receive, TooLarge } from '../http/receive.js'
import { hasBody } from '../product/request.js'
import { OverLimit } from '../state/bounds.js'
import { describeChange } from './change-log.js'
import type { Checks } from './checks.js'
import {
  type ControlContext,
  type Endpoint,
  type EndpointResult,
  isAnswer,
  runEndpoint,
  StreamResponse
} from './endpoint.js'
import { type EndpointRequest, readControlRequest } from './input.js'
import { sendJson } from './json-list.js'

export interface ServeEndpoint {
  readonly endpoint: Endpoint
  /** Compiles the checks at the first request. */
  readonly checks: () => Checks
  /** Maximum bytes of the body. */
  readonly limit: number
  readonly context: ControlContext
}

/** Reads the body of a request, whatever its Content-Type, and sends the response of the endpoint. */
export const serveEndpoint = async (
  options: ServeEndpoint,
  request: EndpointRequest,
  response: ServerResponse
): Promise<void> => {
  try {
    if (!(await receiveBody(request, options.limit))) return
  } catch (thrown) {
    if (thrown instanceof TooLarge) endAfterResponse(request.raw, response)
    send(problemAnswer(unreadableBody(thrown, options.limit)), response)
    return
  }
  await answer(options, request, response)
}

/** Gives the request its body as text, or a long one as bytes; false if the client disconnected before its end. */
const receiveBody = async (request: FastifyRequest, limit: number): Promise<boolean> => {
  if (!hasBody(request.raw.headers)) return true
  const bytes = await receive(request.raw, limit)
  request.body = bytes && (bytes.length < longBody ? bytes.toString() : bytes)
  return bytes !== undefined
}

const answer = async (
  { endpoint, checks, context }: ServeEndpoint,
  request: EndpointRequest,
  response: ServerResponse
): Promise<void> => {
  try {
    const checked = await readControlRequest(endpoint, checks(), request, response, context)
    const { replication } = context
    const result = await (replication ? replication.run(endpoint, checked) : runEndpoint(endpoint, checked))
    await sendResult(result, context, response)
    if (endpoint.logged) context.steered(...describeChange(endpoint, checked))
  } catch (error) {
    const problem = error instanceof OverLimit ? overLimit(error) : error
    if (!(problem instanceof Problem)) context.bug(problem)
    send(problemAnswer(problem instanceof Problem ? problem : bugProblem(problem)), response)
  }
}

const sendResult = async (value: EndpointResult, context: ControlContext, response: ServerResponse): Promise<void> => {
  if (value instanceof StreamResponse) value.send(response)
  else if (isAnswer(value)) send(value, response)
  else await sendJson(value, context.slices, response)
}

/** The Problem that the check throws, if any. */
export const problemOf = (check: () => void): Problem | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const unreadableBody = (thrown: unknown, limit: number): Problem =>
  thrown instanceof TooLarge
    ? new Problem(413, 'The body is too large', `A body may have ${limit} bytes; --body-limit sets the limit.`)
    : bugProblem(thrown)

const overLimit = ({ message }: OverLimit): Problem =>
  new Problem(409, 'Too many sessions', `${message}; delete spaces, or set --max-sessions.`)

const bugProblem = (thrown: unknown): Problem => new Problem(500, 'A bug in session-mock', String(thrown))
