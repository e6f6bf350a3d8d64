// The least that answers the session calls: node:http, and nothing else.
import { createServer } from 'node:http'

const [port, body, type] = process.argv.slice(2)
const session = { 'Content-Type': type, 'Content-Length': body.length }

const server = createServer((request, response) => {
  if (request.url !== '/session') {
    response.writeHead(404, { 'Content-Length': 0 }).end()
    return
  }
  if (request.method === 'DELETE') {
    response.writeHead(200, { 'Content-Length': 0 }).end()
    return
  }
  request.resume()
  response.writeHead(200, session).end(body)
})
server.listen(Number(port), '127.0.0.1')
