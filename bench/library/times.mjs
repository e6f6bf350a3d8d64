// Measures session-mock as a library, whose file is the argument. Prints milliseconds as a line of JSON.
import { pathToFileURL } from 'node:url'

const { start } = await import(pathToFileURL(process.argv[2]).href)

const timed = async work => {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

const starts = []
for (let round = 0; round < 10; round++) {
  const begun = performance.now()
  const mock = await start()
  starts.push(performance.now() - begun)
  await mock.stop()
}

const mock = await start()
const login = { method: 'POST', url: '/session', payload: { login: 'demo', password: 'demo' } }
const logIn = async space => {
  const { statusCode } = await space.inject(login)
  if (statusCode !== 200) throw new Error(`login: status ${statusCode}`)
}

const reset = []
for (let round = 0; round < 100; round++) {
  for (let session = 0; session < 10; session++) await logIn(mock)
  reset.push(await timed(() => mock.reset()))
}

// Last, since a reset resets all spaces.
const newSpace = []
const sameSpace = []
for (let round = 0; round < 300; round++) {
  const space = mock.space(`space-${round}`)
  newSpace.push(await timed(() => logIn(space)))
  sameSpace.push(await timed(() => logIn(space)))
}
await mock.stop()

const [firstStart, ...laterStart] = starts
const times = { firstStart: [firstStart], laterStart, reset, newSpace, sameSpace }
console.log(JSON.stringify(times))
