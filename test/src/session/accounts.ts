import t from 'tap'
import { Accounts, unlistedAccount } from '../../../src/session/accounts.js'

const norm = { login: 'Norm', password: 'norm_123', shop: { number: 7 } }
const tina = { login: 'tina', password: 'x' }

t.test('a listed account can log in with its password only', async t => {
  const accounts = new Accounts([norm, tina], false)
  t.equal(accounts.check('Norm', 'norm_123')?.login, 'Norm')
  for (const password of ['x', '', 'NORM_123', 'norm_1234']) t.equal(accounts.check('Norm', password), undefined)
})

t.test('other accounts cannot log in', async t => {
  const accounts = new Accounts([norm], false)
  for (const login of ['', 'tina', '__proto__', 'constructor', 'norm'])
    for (const password of ['', 'norm_123']) t.equal(accounts.check(login, password), undefined)
})

t.test('an account has its position, and its data for each product', async t => {
  const accounts = new Accounts([norm, tina], false)
  t.match(accounts.find('tina'), { login: 'tina', position: 2, parts: {} })
  t.strictSame(accounts.find('Norm')?.parts, { shop: { number: 7 } })
  t.strictSame(
    accounts.list().map(({ login }) => login),
    ['Norm', 'tina']
  )
})

t.test('products do not see passwords', async t => {
  t.notOk('password' in (new Accounts([norm], false).find('Norm')?.parts ?? {}))
})

t.test('a case-insensitive login is the listed name; the password is case-sensitive', async t => {
  const accounts = new Accounts([norm], false)
  t.equal(accounts.check('NORM', 'norm_123', true)?.login, 'Norm')
  t.equal(accounts.check('nORm', 'NORM_123', true), undefined)
  t.equal(accounts.check('NORM', 'norm_123'), undefined)
})

t.test('with accounts: any, every login with a name is accepted, with any password', async t => {
  const accounts = new Accounts([norm], true)
  t.match(accounts.check('Norm', 'wrong'), { login: 'Norm', position: 1, parts: { shop: { number: 7 } } })
  t.strictSame(accounts.check('somebody', ''), unlistedAccount('somebody'))
  t.equal(accounts.check('', 'x'), undefined)
  t.equal(accounts.check('norm', '')?.login, 'norm', 'which is another account where letter case matters')
  t.equal(accounts.check('norm', '', true)?.login, 'Norm')
})

t.test('an unlisted account is the same at every login, and distinct from all others', async t => {
  t.strictSame(unlistedAccount('somebody'), unlistedAccount('somebody'))
  t.not(unlistedAccount('somebody').position, unlistedAccount('nobody').position)
  t.ok(unlistedAccount('somebody').position >= 1000)
})

t.test('a case-insensitive unlisted account is the same in any letter case', async t => {
  const accounts = new Accounts([], true)
  t.strictSame(accounts.check('Somebody', '', true), accounts.check('SOMEBODY', '', true))
})
