import type { Test } from 'tap'
import type { Reply, Words } from './driver.js'

/** What the framework says of itself, where nobody has taken the word from it. */
export const framework =
  /FST_|"statusCode":[1-5]\d\d\b|Route \w+:|"error":"(?:Bad Request|Unsupported Media Type)","message"|fastify/i

/** The reply has this status and this whole body, and nothing of the framework's. */
export const isRefused = (t: Test, reply: Reply, [status, body]: Words): void => {
  t.equal(reply.statusCode, status)
  t.match(reply.body, pattern(body))
  t.notMatch(reply.body, framework)
}

/** The whole text, where `…` stands for anything that is not a quote or an angle bracket. */
const pattern = (words: string): RegExp =>
  new RegExp(
    `^${words
      .split('…')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^"<>]*')}$`
  )
