// One test of a client against a mock, under node:test.
import { test } from 'node:test'
import { logInOnce } from './mocks.mjs'

test('a login is answered with a session', () => logInOnce(process.env.BENCH_MOCK))
