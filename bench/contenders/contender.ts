import type { Node } from '../nodes.js'
import type { Command } from '../process.js'
import type { Call } from '../request.js'

export interface Place {
  readonly port: number
  /** Where it may write what it reads. */
  readonly folder: string
  readonly node: Node
}

export interface Contender {
  readonly name: string
  /** How many times longer than others it takes to be warm; left out, once. */
  readonly warmUps?: number
  /** Its version, in words. Throws an error that says why, where it cannot be run here. */
  version(node: Node): Promise<string>
  /** The command that serves the session call on that port. */
  command(place: Place): Promise<Command>
  /** A call that is answered with 200 as soon as it serves; left out, CBRAIN's login. */
  readonly ready?: Call
}
