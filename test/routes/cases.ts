import type { InjectOptions } from 'light-my-request'
import t from 'tap'
import { products } from '../../routes/index.js'
import { fidelities } from '../../src/product/product.js'
import { productHeaders } from '../../src/verify/answer.js'
import type { CaseRequest } from '../../src/verify/case.js'
import { expressionOf } from '../../src/verify/marks.js'
import { waitTime } from '../../src/verify/mock-transport.js'
import { type Observation, playCases } from '../../src/verify/player.js'
import { casesOf } from '../support/cases.js'
import { double } from '../support/double.js'

for (const product of products)
  for (const fidelity of fidelities)
    t.test(`${product.title} responds to each of its cases byte for byte, ${fidelity}`, async t => {
      const cases = await casesOf(product)
      const { send, systemClock, app } = double({ only: product, fidelity })
      const { observations, stopped, sessions } = await playCases({
        cases,
        account: {
          login: 'demo',
          password: 'demo',
          basic: 'ZGVtbzpkZW1v',
          'wrong password': 'x y',
          'unknown login': 'x'
        },
        skip: () => undefined,
        wait: async until => systemClock.advance(waitTime(until, app.spaces.default.policy(product).idle)),
        send: async request => {
          const { statusCode: status, headers, body } = await send(injected(request))
          return { status, headers: headers as Record<string, string>, body: request.method === 'HEAD' ? '' : body }
        }
      })
      t.equal(stopped, undefined)
      t.equal(sessions.left, 0)
      t.equal(observations.length, cases.cases.length)
      for (const observation of observations)
        t.strictSame(wire(observation), expected(observation), observation.case.name)

      function expected({ case: { expect }, answer, values }: Observation) {
        const { status, headers, body } = expect[fidelity]
        const scope = { values, patterns: cases.patterns }
        const fits = (text: string, found: string | undefined) =>
          found !== undefined && expressionOf(text, scope).test(found) ? found : text
        return {
          status,
          headers: Object.fromEntries(
            [...productHeaders(headers)].map(([key, { value }]) => [key, fits(value, answer?.headers[key])]).sort()
          ),
          body: fits(body, answer?.body)
        }
      }
    })

/** What came over the wire. */
const wire = ({ answer, skipped }: Observation) =>
  answer
    ? {
        status: answer.status,
        headers: Object.fromEntries([...productHeaders(answer.headers)].map(([key, { value }]) => [key, value]).sort()),
        body: answer.body
      }
    : skipped

const injected = ({ method, target, headers, body }: CaseRequest): InjectOptions => ({
  method: method as 'GET',
  url: target,
  headers: { ...headers },
  ...(body !== undefined && { payload: body })
})
