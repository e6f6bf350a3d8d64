// Sends the memory in use after a garbage collection, on each message. Needs --expose-gc and a channel.
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send({ heapUsed, external, rss })
})
// Without this the channel would keep the process from ending.
process.channel.unref()
