import { Slices } from '../base/in-slices.js'
import type { ControlRequest } from './endpoint.js'

/** Slices of time for the long work of a request. */
export const slicesOf = ({ context }: Pick<ControlRequest, 'context'>): Slices =>
  new Slices(() => context.systemClock.elapsed())
