import t from 'tap'
import { testExample } from '../support/example-clients.js'

await testExample(t, {
  words: ['node', 'cbrain.js'],
  third: 0,
  planted: {
    'token-in-url': { only: 'unavailable', names: ['credentials in a URL'] },
    'exit-on-error': { only: 'cbrain.session#2:server-error', names: ['leaked session'] },
    storm: { only: 'cbrain.session#1:server-error', names: ['retry storm'] },
    'no-wait': { only: 'rate-limited', names: ['ignored Retry-After'] },
    'no-relogin': { only: 'expired', names: ['no re-login'] }
  }
})
