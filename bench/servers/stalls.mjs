// Says how long the event loop stood still at most since the message before, in milliseconds of real time and of CPU time. Needs a channel.
import { openSync, readSync } from 'node:fs'
import { platform } from 'node:os'

/** The CPU time of this thread alone, in milliseconds: what other processes and the collector's own threads take is not in it. */
const threadTime = () => {
  if (platform() !== 'linux') return () => process.cpuUsage().user / 1000
  const file = openSync('/proc/thread-self/schedstat', 'r')
  const text = Buffer.alloc(64)
  return () => Number(text.toString('latin1', 0, readSync(file, text, 0, text.length, 0)).split(' ', 1)[0]) / 1e6
}

const cpu = threadTime()
let last = { real: performance.now(), cpu: cpu() }
let longest = { real: 0, cpu: 0 }

const tick = () => {
  const now = { real: performance.now(), cpu: cpu() }
  // The timer itself waits a millisecond.
  longest = {
    real: Math.max(longest.real, now.real - last.real - 1),
    cpu: Math.max(longest.cpu, now.cpu - last.cpu)
  }
  last = now
}
setInterval(tick, 1).unref()

process.on('message', () => {
  tick()
  process.send(longest)
  longest = { real: 0, cpu: 0 }
})
// Without this the channel would keep the server from ending.
process.channel.unref()
