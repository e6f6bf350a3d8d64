import type { OverlayValue } from './overlay-document.js'

type Branch = Record<string, unknown> | unknown[]

/** Sets a value in a JSON body, or removes it if undefined. A path without a parent in the body is ignored. */
export const editJson = (body: string, steps: readonly string[], value: OverlayValue | undefined): string => {
  const tree: unknown = JSON.parse(body)
  const last = steps.at(-1) ?? ''
  const branch = steps.slice(0, -1).reduce<unknown>(stepInto, tree)
  if (!isBranch(branch)) return body
  if (value !== undefined) set(branch, last, value)
  else if (Array.isArray(branch)) branch.splice(Number(last), 1)
  else delete branch[last]
  return JSON.stringify(tree)
}

const set = (branch: Branch, step: string, value: OverlayValue): void => {
  if (Array.isArray(branch)) branch[Number(step)] = value
  else Object.defineProperty(branch, step, { value, enumerable: true, configurable: true, writable: true })
}

/** The member of an object, or the element of a list; undefined if there is none. */
export const stepInto = (tree: unknown, step: string): unknown => {
  if (!isBranch(tree) || !Object.hasOwn(tree, step)) return undefined
  return Array.isArray(tree) ? tree[Number(step)] : tree[step]
}

const isBranch = (tree: unknown): tree is Branch => typeof tree === 'object' && tree !== null
