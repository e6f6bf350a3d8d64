import t from 'tap'
import { testExample } from '../support/example-clients.js'

await testExample(t, {
  words: ['sh', 'hcx.sh'],
  planted: {
    believes: { only: 'bad-credentials,hcx.session#1:server-error', names: ['believed a refusal'] },
    'login-loop': { only: 'never-issued', names: ['login loop'] },
    'same-token': { only: 'expired', names: ['dead token again', 'no re-login'] },
    crash: { only: 'truncated', names: ['crash by signal'] },
    'relogin-on-error': { only: 'server-error-once', names: ['leaked session', 'needless re-login'] }
  }
})
