import { join } from 'node:path'
import { bench } from '../places.js'
import { printed } from '../process.js'
import { allRight, type Measured } from './load.js'

/** Runs whole lives of sessions (login, session call, logout) for some seconds; a request here is such a life. */
export const runFlow = async (port: number, clients: number, seconds: number): Promise<Measured> => {
  const args = [join(bench, 'load/flow.mjs'), port, clients, seconds].map(String)
  const out = await printed({ program: process.execPath, args }, (seconds + 30) * 1000)
  const { wrong, why, ...measured }: Measured & { readonly wrong: number; readonly why?: string } = JSON.parse(out)
  if (why) throw new Error(why)
  return allRight(measured, wrong)
}
