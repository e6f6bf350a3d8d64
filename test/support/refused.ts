import assert from 'node:assert/strict'
import type { Test } from 'tap'
import type { Reply, Words } from './driver.js'

/** Texts of the framework in responses of its own. */
export const framework =
  /FST_|"statusCode":[1-5]\d\d\b|Route \w+:|"error":"(?:Bad Request|Unsupported Media Type)","message"|fastify/i

/** Asserts this status and complete body, without any text of the framework. */
export const isRefused = (t: Test, reply: Reply, [status, body]: Words): void => {
  t.equal(reply.statusCode, status)
  t.match(reply.body, pattern(body))
  t.notMatch(reply.body, framework)
}

/** The same assertions for a property: they throw. */
export const refusal = (reply: Reply | undefined, [status, body]: Words): void => {
  assert.ok(reply, 'the connection broke')
  assert.equal(reply.statusCode, status, reply.body)
  assert.match(reply.body, pattern(body))
  assert.doesNotMatch(reply.body, framework)
}

/** The complete text, in which `…` matches anything but quotes and angle brackets. */
const pattern = (words: string): RegExp =>
  new RegExp(
    `^${words
      .split('…')
      .map(part => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('[^"<>]*')}$`
  )
