import { loginCall } from '../session.js'
import type { Ask } from './reads.js'

/** A snapshot with so many open sessions, each like that of a first login. The server is empty after it. */
export const sessionsSnapshot = async (ask: Ask, count: number): Promise<string> => {
  const reset = { method: 'POST', path: '/__admin/reset', headers: {} }
  await ask(reset)
  await ask(loginCall)
  const { body } = await ask({ method: 'GET', path: '/__admin/snapshot?secrets=true', headers: {} })
  await ask(reset)
  const snapshot = JSON.parse(body)
  const [product] = snapshot.sessions.products.filter(({ product }: { product: string }) => product === 'cbrain')
  const [first] = product.open
  product.open = Array.from({ length: count }, (_, each) => ({
    ...first,
    number: each + 1,
    token: each.toString(16).padStart(32, '0'),
    login: `login-${each % 1000}`
  }))
  snapshot.sessions.opened = count
  return JSON.stringify(snapshot)
}
