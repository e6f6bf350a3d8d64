import { nearest } from '../base/user-error.js'
import { Problem } from '../http/problem.js'
import type { ControlContext } from './endpoint.js'

/** The refusal of an unknown space, with the nearest name. */
export const unknownSpace = (name: string, { spaces }: Pick<ControlContext, 'spaces'>): Problem => {
  const names = spaces.list().map(space => space.name)
  const meant = nearest(name, names)
  return new Problem(404, 'No such space', `There is no space "${name}"${meant ? `; did you mean ${meant}?` : '.'}`, {
    spaces: names.slice(0, 100)
  })
}
