import t from 'tap'
import { Accounts, unlistedAccount } from '../../../src/state/accounts.js'

const norm = { login: 'Norm', password: 'norm_123', shop: { number: 7 } }
const tina = { login: 'tina', password: 'x' }

t.test('a listed account comes in with its own password, and with no other', async t => {
  const accounts = new Accounts([norm, tina], false)
  t.equal(accounts.check('Norm', 'norm_123')?.login, 'Norm')
  for (const password of ['x', '', 'NORM_123', 'norm_1234']) t.equal(accounts.check('Norm', password), undefined)
})

t.test('nobody else comes in', async t => {
  const accounts = new Accounts([norm], false)
  for (const login of ['', 'tina', '__proto__', 'constructor', 'norm'])
    for (const password of ['', 'norm_123']) t.equal(accounts.check(login, password), undefined)
})

t.test('an account knows its place, and what was said of it for each product', async t => {
  const accounts = new Accounts([norm, tina], false)
  t.match(accounts.find('tina'), { login: 'tina', position: 2, parts: {} })
  t.strictSame(accounts.find('Norm')?.parts, { shop: { number: 7 } })
  t.strictSame(
    accounts.list().map(({ login }) => login),
    ['Norm', 'tina']
  )
})

t.test('a password is no part of what products see', async t => {
  t.notOk('password' in (new Accounts([norm], false).find('Norm')?.parts ?? {}))
})

t.test(
  'where letter case does not matter, it is the listed name that comes in; the password’s case matters',
  async t => {
    const accounts = new Accounts([norm], false)
    t.equal(accounts.check('NORM', 'norm_123', true)?.login, 'Norm')
    t.equal(accounts.check('nORm', 'NORM_123', true), undefined)
    t.equal(accounts.check('NORM', 'norm_123'), undefined)
  }
)

t.test('where anyone may come in, everybody does, with any password and some name', async t => {
  const accounts = new Accounts([norm], true)
  t.match(accounts.check('Norm', 'wrong'), { login: 'Norm', position: 1, parts: { shop: { number: 7 } } })
  t.strictSame(accounts.check('somebody', ''), unlistedAccount('somebody'))
  t.equal(accounts.check('', 'x'), undefined)
  t.equal(accounts.check('norm', '')?.login, 'norm', 'which is another account where letter case matters')
  t.equal(accounts.check('norm', '', true)?.login, 'Norm')
})

t.test('a stranger is the same at every login, and no other stranger nor listed account', async t => {
  t.strictSame(unlistedAccount('somebody'), unlistedAccount('somebody'))
  t.not(unlistedAccount('somebody').position, unlistedAccount('nobody').position)
  t.ok(unlistedAccount('somebody').position >= 1000)
})

t.test('where letter case does not matter, a stranger is the same in any', async t => {
  const accounts = new Accounts([], true)
  t.strictSame(accounts.check('Somebody', '', true), accounts.check('SOMEBODY', '', true))
})
