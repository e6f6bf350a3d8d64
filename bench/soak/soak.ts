import { setTimeout as pause } from 'node:timers/promises'
import { sessionMock } from '../contenders/index.js'
import { memoryOf, memoryPreload } from '../memory.js'
import { runningNode } from '../nodes.js'
import { end } from '../process.js'
import { type Server, serve } from '../server.js'
import { Traffic } from './traffic.js'

/** The most that the heap may have grown from the second fifth of the time to the last. */
const mostGrowth = 1.2

/** Milliseconds from one look at the heap to the next. */
const between = 3000

/** Small enough to be full within the first fifth: what grows after it would grow for ever. */
const bounds = ['--journal', '500', '--remember', '500', '--space-idle', '5s']

/**
 * Mixed traffic for so many milliseconds; of five minutes, the heap of the last is compared with that of the second. The exit
 * code is 1 where it has grown beyond the bound, or the server answered what it should not.
 */
export const soak = async (app: string, ms: number): Promise<number> => {
  const server = await serve(sessionMock(app, ...bounds), runningNode, app, memoryPreload)
  try {
    const traffic = new Traffic(server.port)
    const work = traffic.run(ms)
    const samples = await Promise.race([sample(server, traffic, ms), work.then(failed)])
    await work
    return judge(samples, ms, traffic)
  } finally {
    await end(server.child)
  }
}

/** A heap, in bytes after a garbage collection, and when it was looked at. */
interface Sample {
  readonly at: number
  readonly heap: number
}

const sample = async (server: Server, traffic: Traffic, ms: number): Promise<Sample[]> => {
  const begun = performance.now()
  const samples: Sample[] = []
  while (performance.now() - begun < ms - between) {
    await pause(between)
    const { heapUsed, rss } = await memoryOf(server)
    const at = performance.now() - begun
    samples.push({ at, heap: heapUsed })
    const line = `${Math.round(at / 1000)} s: ${traffic.requests} requests, heap ${mega(heapUsed)}, resident ${mega(rss)}`
    if (samples.length % 5 === 0) process.stderr.write(`${line}\n`)
  }
  return samples
}

const failed = (): never => {
  throw new Error('the traffic ended before its time')
}

const judge = (samples: readonly Sample[], ms: number, traffic: Traffic): number => {
  const second = median(samples.filter(({ at }) => at >= ms / 5 && at < (2 * ms) / 5))
  const last = median(samples.filter(({ at }) => at >= (4 * ms) / 5))
  const ratio = last / second
  const flat = ratio <= mostGrowth
  const what = `heap after ${Math.round(ms / 1000)} s and ${traffic.requests} requests`
  console.log(
    `${flat ? 'ok' : 'not ok'} - ${what}: ${ratio.toFixed(2)} × that of the second fifth (${mega(second)} to ${mega(last)}, target at most ${mostGrowth})`
  )
  for (const [line, count] of traffic.wrong) console.log(`not ok - ${line}, ${count} times`)
  console.log([...traffic.done].map(([kind, count]) => `${count} ${kind}`).join(', '))
  return flat && traffic.wrong.size === 0 ? 0 : 1
}

const median = (samples: readonly Sample[]): number => {
  const heaps = samples.map(({ heap }) => heap).sort((a, b) => a - b)
  return heaps[Math.floor(heaps.length / 2)] ?? Number.NaN
}

const mega = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`
