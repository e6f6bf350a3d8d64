import { randomBytes } from 'node:crypto'

/** Random bytes of the system. */
export const systemBytes = (length: number): Buffer => randomBytes(length)
