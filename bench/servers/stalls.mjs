// Says how long the event loop stood still at most, in milliseconds, since the message before. Needs a channel.
import { monitorEventLoopDelay } from 'node:perf_hooks'

const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
process.on('message', () => {
  process.send(delay.max / 1e6)
  delay.reset()
})
// Without this the channel would keep the server from ending.
process.channel.unref()
