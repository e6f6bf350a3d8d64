import { settingOf } from '../setting.js'
import { duration, wholeNumber } from '../values/numbers.js'

const setting = settingOf('Limits')

export const limitSettings = {
  journal: setting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Requests in the journal of each space; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  }),
  journalBytes: setting<number | undefined>({
    placeholder: '<bytes>',
    fallback: undefined,
    fallbackWords: '256 MiB; less where a quarter of the memory of the container or machine is less',
    help: 'Bytes in the journals of all spaces together; the oldest requests of the largest journal are dropped',
    parse: wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a whole number of bytes')
  }),
  spaceIdle: setting({
    placeholder: '<duration>',
    fallback: 1_800_000,
    fallbackWords: '30m',
    help: 'Idle time after which an unused space is removed',
    parse: duration
  }),
  maxSpaces: setting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Maximum number of spaces, without the default one; the longest idle is dropped, unless it has held or delayed requests',
    parse: wholeNumber(1, 10_000_000, 'a whole number from 1 to 10000000')
  }),
  maxSessions: setting({
    placeholder: '<number>',
    fallback: 2_000_000,
    help: 'Maximum number of open sessions of all spaces; a login evicts one of the longest idle of its space, and a copy of a space is refused',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  maxNames: setting({
    placeholder: '<number>',
    fallback: 1_000_000,
    help: 'Maximum number of logins of a space with rule counts and seeded values; above it, the longest idle one starts again, as at its first request',
    parse: wholeNumber(1, 100_000_000, 'a whole number from 1 to 100000000')
  }),
  bodyLimit: setting({
    placeholder: '<bytes>',
    fallback: 1_048_576,
    help: 'Maximum size of a request body',
    parse: wholeNumber(1, 1_073_741_824, 'a whole number of bytes from 1 to 1073741824')
  }),
  maxConnections: setting({
    placeholder: '<number>',
    fallback: 20_000,
    help: 'Maximum number of connections per port; further ones are closed',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxPipelined: setting({
    placeholder: '<number>',
    fallback: 100,
    help: 'Maximum number of pipelined requests per connection; beyond it, reading pauses',
    parse: wholeNumber(1, 1_000_000, 'a whole number from 1 to 1000000')
  }),
  maxHeaderSize: setting({
    placeholder: '<bytes>',
    fallback: 16_384,
    help: 'Maximum size of the request line and headers',
    parse: wholeNumber(1024, 1_048_576, 'a whole number of bytes from 1024 to 1048576')
  }),
  headersTimeout: setting({
    placeholder: '<duration>',
    fallback: 60_000,
    fallbackWords: '1m',
    help: 'Time limit for the headers of a request, from the connection or the first byte of the next request',
    parse: duration
  }),
  requestTimeout: setting({
    placeholder: '<duration>',
    fallback: 120_000,
    fallbackWords: '2m',
    help: 'Time limit for a whole request, headers included',
    parse: duration
  }),
  keepAliveTimeout: setting({
    placeholder: '<duration>',
    fallback: 72_000,
    fallbackWords: '72s',
    help: 'Idle time of a connection after a response',
    parse: duration
  }),
  remember: setting({
    placeholder: '<number>',
    fallback: 10_000,
    help: 'Ended sessions kept per product, so that refusals can state a reason; the oldest are dropped',
    parse: wholeNumber(0, 10_000_000, 'a whole number from 0 to 10000000')
  })
}
