// Times session-mock as a library, whose file is the argument. Prints milliseconds as a line of JSON.
import { Agent, request } from 'node:http'
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
  if (statusCode !== 200) throw new Error(`the login was answered with ${statusCode}`)
}

const reset = []
for (let round = 0; round < 100; round++) {
  for (let session = 0; session < 10; session++) await logIn(mock)
  reset.push(await timed(() => mock.reset()))
}

const agent = new Agent({ keepAlive: true })
const { port } = new URL(mock.url())
const ask = (method, path) =>
  new Promise((answered, failed) => {
    const asking = request({ agent, host: '127.0.0.1', port, method, path }, answer => {
      answer.resume().on('end', answered)
      if (answer.statusCode >= 300) failed(new Error(`${path} was answered with ${answer.statusCode}`))
    })
    asking.on('error', failed).end()
  })

const resetByHttp = []
const healthByHttp = []
for (let round = 0; round < 100; round++) {
  resetByHttp.push(await timed(() => ask('POST', '/__admin/reset')))
  healthByHttp.push(await timed(() => ask('GET', '/__admin/health')))
}
agent.destroy()

// Last, since a reset is of all the spaces that there are.
const newSpace = []
const sameSpace = []
for (let round = 0; round < 300; round++) {
  const space = mock.space(`space-${round}`)
  newSpace.push(await timed(() => logIn(space)))
  sameSpace.push(await timed(() => logIn(space)))
}
await mock.stop()

const [firstStart, ...laterStart] = starts
const times = { firstStart: [firstStart], laterStart, reset, newSpace, sameSpace, resetByHttp, healthByHttp }
console.log(JSON.stringify(times))
