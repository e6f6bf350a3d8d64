// The session calls of bare node:http.
import { createServer } from 'node:http'

const [port, body, type] = process.argv.slice(2)
const headers = { 'Content-Type': type, 'Content-Length': body.length }

const server = createServer((request, response) => {
  if (request.url !== '/session') {
    response.writeHead(404, { 'Content-Length': 0 }).end()
    return
  }
  request.resume()
  response.writeHead(200, headers).end(body)
})
server.listen(Number(port), '127.0.0.1')
