import type { Call } from '../product/product.js'
import { Session } from '../session/sessions.js'

type PretendingCall = Pick<Call, 'product' | 'token' | 'login' | 'address' | 'at' | 'space'>

/** The session of a call with `pretend`, which is not in the store. */
export const createPretendedSession = ({ product, token, login, address, at, space }: PretendingCall): Session =>
  new Session(product.name, token ?? '', login ?? 'demo', address, at, space.policy(product))
