import { filterInSlices, type Slices } from '../../src/base/in-slices.js'
import { choice, nearest } from '../../src/base/user-error.js'
import type { ControlRequest } from '../../src/control/endpoint.js'
import { type InputError, inputProblem } from '../../src/http/problem.js'
import type { Product } from '../../src/product/product.js'
import type { Session } from '../../src/session/sessions.js'
import type { Space } from '../../src/space/space.js'
import { shortToken } from '../../src/state/secrets.js'

/** Schemas of a selection of sessions. */
export const selectionKeys = {
  product: { type: 'string', minLength: 1 },
  login: { type: 'string', minLength: 1 },
  token: { type: 'string', minLength: 1, description: 'Whole or abbreviated.' }
} as const

/** Selects the sessions with all of these values. */
export interface SessionSelection {
  readonly product?: string | undefined
  readonly login?: string | undefined
  readonly token?: string | undefined
}

export const isSelected = (session: Session, { product, login, token }: SessionSelection): boolean =>
  (product === undefined || session.product === product) &&
  (login === undefined || session.login === login) &&
  (token === undefined || session.token === token || shortToken(session.token) === token)

/** The selected sessions of a space. */
export interface SpaceSessions {
  readonly space: Space
  readonly sessions: readonly Session[]
}

/** The selected open sessions of each space, by the time of its clock. */
export const selectOpen = async (
  request: ControlRequest,
  selection: SessionSelection,
  part: InputError['in'],
  slices: Slices
): Promise<SpaceSessions[]> => {
  if (selection.product !== undefined) findProduct(request, selection.product, part)
  const selected: SpaceSessions[] = []
  for (const space of request.spaces) {
    if (slices.isOver) await slices.next()
    const open = await space.sessions.listInSlices(space.clock.now(), slices)
    selected.push({
      space,
      sessions: await filterInSlices(open, session => isSelected(session, selection), slices)
    })
  }
  return selected
}

export const countOf = (selected: readonly SpaceSessions[]): number =>
  selected.reduce((sum, { sessions }) => sum + sessions.length, 0)

export interface SpaceSession {
  readonly space: Space
  readonly session: Session
}

/** Each session with its space, without the first `skipped` ones. */
export function* eachSession(selected: readonly SpaceSessions[], skipped = 0): Generator<SpaceSession> {
  let left = Math.max(skipped, 0)
  for (const { space, sessions } of selected) {
    for (let index = left; index < sessions.length; index += 1) {
      const session = sessions[index]
      if (session) yield { space, session }
    }
    left = Math.max(left - sessions.length, 0)
  }
}

/** The product with that name. Throws a Problem about this part of the request. */
export const findProduct = ({ context }: ControlRequest, name: string, part: InputError['in']): Product => {
  const product = context.products.find(each => each.name === name)
  if (product) return product
  const names = context.products.map(each => each.name)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw inputProblem({ in: part, at: 'product', message: `expected ${choice(names)}, found "${name}"${hint}` })
}
