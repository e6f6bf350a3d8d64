// Says what memory is in use after a collection, whenever the bench asks. Needs --expose-gc and a channel.
process.on('message', () => {
  globalThis.gc()
  globalThis.gc()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send({ heapUsed, external, rss })
})
// Without this the channel would keep the server from ending.
process.channel.unref()
