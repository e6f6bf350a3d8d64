import t from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import { productTable } from '../../../src/cli/product-table.js'
import type { Operation, Product } from '../../../src/product/product.js'

const operation = (name: string, ...routes: Operation['routes']): Operation => ({
  name,
  summary: '',
  routes,
  run: () => ({ status: 200, headers: {} })
})

t.test('a path is listed in one line, with its methods and suffixes', async t => {
  const toy: Product = {
    ...cbrain,
    name: 'toy',
    operations: [
      operation('login', ['POST', '/session'], ['POST', '/session.json'], ['POST', '/session.xml']),
      operation('session', ['GET', '/session'], ['HEAD', '/session'], ['GET', '/whoami']),
      operation('product-version', ['GET', '/version.txt'])
    ]
  }
  t.equal(
    productTable([toy]),
    `PRODUCT  OPERATION        METHODS    PATH
toy      login            POST       /session[.json|.xml]
toy      session          GET, HEAD  /session
toy      session          GET        /whoami
toy      product-version  GET        /version.txt
`
  )
})
