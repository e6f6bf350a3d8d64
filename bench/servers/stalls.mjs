// Sends the longest stall of the event loop since the last message, in milliseconds of real time and of CPU time of the main thread, and the
// CPU time of all its work. Needs a channel.
import { openSync, readSync } from 'node:fs'

/** Linux reports the CPU time of one thread; elsewhere it is that of the process. */
const threadTime = () => {
  if (process.platform !== 'linux') return () => process.cpuUsage().user / 1000
  const file = openSync('/proc/thread-self/schedstat', 'r')
  const text = Buffer.alloc(64)
  return () => Number(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ', 1)[0]) / 1e6
}

const cpu = threadTime()
let last = { real: performance.now(), cpu: cpu() }
let longest = { real: 0, cpu: 0 }
let first = last.cpu

const tick = () => {
  const now = { real: performance.now(), cpu: cpu() }
  // The timer itself waits a millisecond.
  longest = { real: Math.max(longest.real, now.real - last.real - 1), cpu: Math.max(longest.cpu, now.cpu - last.cpu) }
  last = now
}
setInterval(tick, 1).unref()

process.on('message', () => {
  tick()
  process.send({ ...longest, work: last.cpu - first })
  longest = { real: 0, cpu: 0 }
  first = last.cpu
})
// Without this the channel would keep the process from ending.
process.channel.unref()
