// Times forks of a space with three sessions in session-mock as a library, whose file is the argument. Prints the median in milliseconds.
import { pathToFileURL } from 'node:url'

const { start } = await import(pathToFileURL(process.argv[2]).href)
const mock = await start({ port: false })
const base = mock.space('base')
for (let session = 0; session < 3; session++) await base.sessions.open({ product: 'netbrain', login: 'demo' })

const times = []
for (let round = 0; round < 500; round++) {
  const begun = performance.now()
  const fork = await base.fork(`fork-${round}`)
  times.push(performance.now() - begun)
  await fork.stop()
}
await mock.stop()
console.log(times.sort((a, b) => a - b)[250])
