// One test of a client against a mock, under Vitest.
import { test } from 'vitest'
import { logInOnce } from './mocks.mjs'

test('a login is answered with a session', () => logInOnce(process.env.BENCH_MOCK))
