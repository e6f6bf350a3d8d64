// Opens idle connections, up to the given number or the limit of the process. Sends the number, and exits when all are closed.
import { connect } from 'node:net'

const [url, wanted] = process.argv.slice(2)
const { hostname, port } = new URL(url)

const dial = () =>
  new Promise(resolve => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.once('connect', () => resolve(1)).once('error', () => resolve(0))
    socket.resume()
  })

let count = 0
for (let batch = 0; batch < Number(wanted) / 250; batch += 1) {
  const opened = await Promise.all(Array.from({ length: 250 }, dial))
  count += opened.reduce((sum, each) => sum + each, 0)
  if (opened.includes(0)) break
}
process.send(count)
process.disconnect()
