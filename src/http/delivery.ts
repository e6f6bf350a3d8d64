import type { ServerResponse } from 'node:http'
import { atEndOfTurn } from '../base/end-of-turn.js'
import { breakConnection } from './faults.js'
import { type DeliveryOptions, type Dribble, isBodiless, type OutgoingResponse } from './outgoing.js'

/** Sends a response with a written head. */
export type Deliver = (outgoing: OutgoingResponse) => void

/**
 * Sends all responses of one turn of the event loop together: clients wake up once for many. `failed` is called with errors of
 * sending; the connection is closed, and the other responses are sent.
 */
export const createDelivery = (failed: (error: unknown) => void): Deliver => {
  let ready: OutgoingResponse[] = []
  const sendAll = (): void => {
    const responses = ready
    ready = []
    for (const outgoing of responses) send(outgoing, failed)
  }
  return outgoing => {
    ready.push(outgoing)
    if (ready.length === 1) atEndOfTurn(sendAll)
  }
}

/** Closes the connection if sending throws. */
const send = (outgoing: OutgoingResponse, failed: (error: unknown) => void): void => {
  const { response, answer, options } = outgoing
  if (options?.fault || options?.dribble) return void sendSlowly(outgoing, options, failed)
  try {
    response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

const sendSlowly = async (
  outgoing: OutgoingResponse,
  options: DeliveryOptions,
  failed: (error: unknown) => void
): Promise<void> => {
  const { request, response, answer } = outgoing
  const { fault, dribble } = options
  try {
    if (fault) await breakConnection(fault, outgoing, options)
    else if (dribble && answer.body && !isBodiless(request, answer))
      await sendPieces(answer.body, dribble, options, response)
    else response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

const sendPieces = async (
  text: string,
  { chunks, over }: Dribble,
  { wait }: DeliveryOptions,
  response: ServerResponse
) => {
  const body = Buffer.from(text)
  const pieces = Math.min(chunks, body.length)
  const offset = (piece: number) => Math.floor((piece * body.length) / pieces)
  for (let piece = 0; piece < pieces && !response.destroyed; piece += 1) {
    if (piece > 0) await wait(over / (pieces - 1))
    response.write(body.subarray(offset(piece), offset(piece + 1)))
  }
  response.end()
}
