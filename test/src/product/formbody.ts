import t from 'tap'
import { parseForm } from '../../../src/product/body.js'

t.test('a form is read as @fastify/formbody reads it', async t => {
  t.same(parseForm('username=demo&password=a%20b+c'), { username: 'demo', password: 'a b c' })
  t.same(parseForm('a=1&a=2'), { a: ['1', '2'] })
  t.same(parseForm('&&%zz=%&=&x'), { '%zz': '%', '': '', x: '' })
})
