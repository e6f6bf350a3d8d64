import { isDeepStrictEqual } from 'node:util'
import { products } from '../../routes/index.js'
import { decodedPath } from '../../src/http/response.js'
import { fidelities } from '../../src/product/product.js'
import type { Case, CaseRequest } from '../../src/verify/cases.js'
import { productHeaders } from '../../src/verify/http-transport.js'
import { waitTime } from '../../src/verify/mock-transport.js'
import { type Observation, playCases } from '../../src/verify/player.js'
import { expressionOf } from '../../src/verify/response-body.js'
import { casesOf } from '../support/cases.js'
import type { Request } from '../support/driver.js'
import { inEveryMode } from '../support/modes.js'

const account = {
  login: 'demo',
  password: 'demo',
  basic: 'ZGVtbzpkZW1v',
  'wrong password': 'x y',
  'unknown login': 'x'
}

inEveryMode(async (t, mode) => {
  for (const product of products)
    for (const fidelity of fidelities)
      t.test(`${product.title} responds to each of its cases byte for byte, ${fidelity}`, async t => {
        const cases = await casesOf(product)
        const { send, advance } = await mode.space({
          frozen: true,
          accounts: [{ login: 'demo', password: 'demo' }],
          products: { [product.name]: { fidelity } }
        })
        const isServed = ({ request: { target } }: Case) =>
          !mode.sharesPaths || products.find(({ pathPattern }) => pathPattern.test(decodedPath(target))) === product
        const { observations, stopped, sessions } = await playCases({
          cases,
          account,
          skip: each => (isServed(each) ? undefined : 'only a listener of the product has this path'),
          wait: until => advance(waitTime(until, product.sessions.policy.idle)),
          send: async request => {
            const reply = await send(injected(request), product)
            if (!reply) throw new Error('the connection broke')
            const { statusCode: status, headers, body } = reply
            return { status, headers: headers as Record<string, string>, body: request.method === 'HEAD' ? '' : body }
          }
        })
        t.equal(stopped, undefined)
        t.equal(sessions.left, 0)
        const played = observations.filter(({ skipped }) => skipped === undefined)
        t.equal(played.length, cases.cases.filter(isServed).length)
        const wrong = played.filter(each => !isDeepStrictEqual(wire(each), expected(each)))
        const byName = (describe: (observation: Observation) => unknown) =>
          Object.fromEntries(wrong.map(observation => [observation.case.name, describe(observation)]))
        t.strictSame(byName(wire), byName(expected), `${played.length} cases`)

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
})

/** What came over the wire. */
const wire = ({ answer }: Observation) =>
  answer && {
    status: answer.status,
    headers: Object.fromEntries([...productHeaders(answer.headers)].map(([key, { value }]) => [key, value]).sort()),
    body: answer.body
  }

const injected = ({ method, target, headers, body }: CaseRequest): Request => ({
  method: method as Request['method'],
  url: target,
  headers,
  ...(body !== undefined && { payload: body })
})
