import t from 'tap'
import { testExample } from '../support/example-clients.js'

await testExample(t, {
  words: ['python3', 'netbrain.py'],
  third: 1,
  planted: {
    'no-relogin': { only: 'expired', names: ['no re-login'] },
    'same-token': { only: 'revoked', names: ['dead token again', 'no re-login'] },
    'no-logout': { only: 'unavailable', names: ['leaked session'] },
    storm: { only: 'server-error', names: ['retry storm'] },
    'no-timeout': { only: 'hang', names: ['hang'] }
  }
})
