import t from 'tap'
import { testExample } from '../support/example-clients.js'

await testExample(t, {
  words: ['python3', 'videntity.py'],
  third: 2,
  planted: {
    believes: { only: 'server-error', names: ['believed a refusal'] },
    'login-loop': { only: 'never-issued', names: ['login loop'] },
    'no-wait': { only: 'rate-limited', names: ['ignored Retry-After'] },
    'relogin-on-error': { only: 'server-error-once', names: ['leaked session', 'needless re-login'] },
    crash: { only: 'truncated', names: ['crash by signal'] }
  }
})
