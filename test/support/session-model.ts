import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { FailureName } from '../../src/product/failure.js'
import type { Fidelity } from '../../src/product/product.js'
import type { Driver, RefusedState, Request } from './driver.js'
import type { Mode, Space } from './modes.js'
import { words } from './refusals.js'
import { refusal } from './refused.js'

/** A session as its client can know it; times in Unix milliseconds. */
type Session = {
  token: string
  login: string
  openedAt: number
  usedAt: number
  uses: number
  end?: 'ended' | 'expired'
}

/** What a space should have: its time, and the sessions in the order of opening. */
type World = { now: number; sessions: Session[] }

/** The spaces by name, the space of the login of each token, and a snapshot. */
type Model = { worlds: Map<string, World>; issued: Map<string, string>; saved?: { document: string; world: World } }

/** The server, and a client of one product. */
type Real = { mode: Mode; driver: Driver; fidelity: Fidelity }

/** What a command is about: a token, a space, and what that should have. */
type Step = { token: string; which: number; world: World; space: Space; model: Model }

/** Sessions of an account. */
const limit = 3
const start = Date.UTC(2026, 0, 1)

/** The names of all commands, and of those that have been run. */
export const commandNames = { all: new Set<string>(), run: new Set<string>() }

/**
 * Drives random histories of sessions of the product, in spaces of their own, and compares each response with a model: a login opens a
 * session, which is used until it is logged out, expires, is revoked or evicted, and is refused from then on, in every copy of its space.
 */
export const playHistories = async (real: Real, parameters: fc.Parameters<unknown>): Promise<void> => {
  const { mode, driver, fidelity } = real
  const setup = async () => {
    const { name } = await mode.space({
      clock: new Date(start).toISOString(),
      frozen: true,
      accounts: ['demo', 'ann'].map(login => ({ login, password: 'demo' })),
      products: { [driver.product.name]: { fidelity, limit } }
    })
    return { model: { worlds: new Map([[name, { now: start, sessions: [] }]]), issued: new Map() }, real }
  }
  const history = fc.commands([fc.oneof(...commandsOf(real))], { maxCommands: 60, size: 'max' })
  await fc.assert(
    fc.asyncProperty(history, commands => fc.asyncModelRun(setup, commands)),
    { unbiased: true, ...parameters }
  )
}

const commandsOf = ({ mode, driver, fidelity }: Real) => {
  const { product } = driver
  const { policy, observed } = product.sessions
  const { idle, lifetime, renewed } = { ...policy, ...(fidelity === 'observed' && observed) }

  const expiryOf = ({ usedAt, openedAt }: Session) =>
    Math.min((renewed ? usedAt : openedAt) + idle, openedAt + lifetime)

  /** The state of the token in a world, in which overdue sessions expire. */
  const look = (world: World, token: string): { is: 'open'; session: Session } | { is: RefusedState } => {
    for (const session of world.sessions) if (!session.end && expiryOf(session) <= world.now) session.end = 'expired'
    const session = world.sessions.find(each => each.token === token)
    if (!session) return { is: 'unknown' }
    return session.end ? { is: session.end } : { is: 'open', session }
  }

  const openIn = (world: World): Session[] => world.sessions.filter(({ token }) => look(world, token).is === 'open')

  const opened = ({ model, world, space }: Step, token: string, login: string): void => {
    assert.match(token, product.sessions.token)
    assert.ok(!model.issued.has(token), 'no token is issued twice')
    model.issued.set(token, space.name)
    const others = openIn(world).filter(session => session.login === login)
    if (others.length === limit && others[0]) others[0].end = 'ended'
    world.sessions.push({ token, login, openedAt: world.now, usedAt: world.now, uses: 0 })
  }

  /** A use or a logout, by a request that may name its space or not. */
  const ask = async (by: 'use' | 'logout', token: string, world: World, send: Space['send']) => {
    const found = look(world, token)
    const reply = await send(driver[by](token))
    if (found.is !== 'open') return refusal(reply, driver.refusalOf(found.is, by, fidelity))
    assert.ok(reply && driver.succeeded(reply), `${by} of an open session: ${reply?.statusCode} ${reply?.body}`)
    if (by === 'logout') found.session.end = 'ended'
    else Object.assign(found.session, { usedAt: world.now, uses: found.session.uses + 1 })
  }

  const steer = async (space: Space, line: string, body?: unknown) => {
    const told = await space.control(line, body)
    assert.ok(told.status < 300, told.text)
    return told
  }

  /** A command in one of the spaces, about one of its last tokens, now and then about one of any space. */
  const command = (weight: number, name: string, run: (step: Step) => Promise<void>) => {
    commandNames.all.add(name)
    const numbers = fc.tuple(fc.constantFrom(0, 0, 0, 1, 2), fc.constantFrom(0, 0, 0, 1, 1, 2, 3), fc.nat({ max: 7 }))
    const arbitrary = numbers.map(([at, which, any]) => ({
      check: () => true,
      run: async (model: Model) => {
        commandNames.run.add(name)
        const worlds = [...model.worlds]
        const [where, world] = worlds[at % worlds.length] ?? ['', { now: 0, sessions: [] }]
        const tokens = any === 0 ? [...model.issued.keys()] : world.sessions.map(session => session.token)
        const token = tokens.at(-1 - which) ?? driver.unknownToken
        await run({ token, which, world, space: mode.at(where), model })
      },
      toString: () => `${name} (space ${at}, token ${which}${any === 0 ? ' of any space' : ''})`
    }))
    return { weight, arbitrary }
  }

  const end = (line: string, cause: 'ended' | 'expired') =>
    command(1, line, async ({ token, world, space }) => {
      const found = look(world, token)
      const { ended } = (await steer(space, line, { product: product.name, token })).body
      assert.equal((ended as unknown[]).length, found.is === 'open' ? 1 : 0)
      if (found.is === 'open') found.session.end = cause
    })

  /** A login that is refused, and changes nothing. */
  const refused = async ({ space }: Step, request: Request, failure: FailureName) => {
    const [status, part] = words(driver, 'login', failure)
    const reply = await space.send(request)
    assert.ok(reply?.statusCode === status && reply.body.includes(part), `${reply?.statusCode} ${reply?.body}`)
  }

  return [
    command(4, 'log in', async step => {
      const reply = await step.space.send(driver.login())
      assert.ok(reply && driver.succeeded(reply), reply?.body)
      opened(step, driver.issued(reply), 'demo')
    }),
    command(8, 'use', ({ token, world, space }) => ask('use', token, world, space.send)),
    command(2, 'log out', ({ token, world, space }) => ask('logout', token, world, space.send)),
    command(2, 'open without a login', async step => {
      const { token } = (await steer(step.space, 'POST /sessions', { product: product.name, login: 'ann' })).body
      opened(step, String(token), 'ann')
    }),
    command(2, 'use without a space', async ({ token, model: { worlds, issued } }) => {
      const having = [...worlds].filter(([, each]) => look(each, token).is !== 'unknown')
      const [[name, world] = []] = having
      // Of several copies, and of a copy whose original has no such token any more, no document says which is used.
      if (having.length === 1 && world && issued.get(token) === name) await ask('use', token, world, mode.send)
    }),
    command(4, 'advance the clock', async ({ which, world, space }) => {
      const ms = [idle - 1, 1, Math.floor(idle / 2), idle][which] ?? 1
      await space.advance(ms)
      world.now += ms
    }),
    end('POST /sessions/expire', 'expired'),
    end('POST /sessions/revoke', 'ended'),
    command(1, 'wrong password', step => {
      const { payload = '', ...login } = driver.login()
      return refused(step, { ...login, payload: payload.replace(/(.*)demo/s, '$1x') }, 'bad-credentials')
    }),
    command(1, 'injected failure', step => {
      const { headers, ...login } = driver.login()
      return refused(step, { ...login, headers: { ...headers, prefer: 'fail=unavailable' } }, 'unavailable')
    }),
    command(1, 'fork', async ({ world, space, model: { worlds } }) => {
      const to = `${space.name}.${worlds.size}`
      if (worlds.size > 3) return
      await steer(space, `POST /spaces/${space.name}/fork`, { to })
      worlds.set(to, structuredClone(world))
    }),
    command(1, 'take a snapshot', async ({ world, space, model }) => {
      const { text: document } = await steer(space, 'GET /snapshot?secrets=true')
      model.saved = { document, world: structuredClone(world) }
    }),
    command(1, 'restore the snapshot', async ({ space, model: { saved, worlds } }) => {
      if (!saved) return
      await steer(space, 'PUT /snapshot', saved.document)
      worlds.set(space.name, structuredClone(saved.world))
    }),
    command(1, 'reset', async ({ space, model }) => {
      await steer(space, 'POST /reset')
      model.worlds.set(space.name, { now: start, sessions: [] })
    }),
    command(2, 'list', async ({ world, space }) => {
      const { sessions } = (await steer(space, 'GET /sessions')).body
      const listed = (sessions as Record<string, unknown>[]).map(each => `${each.token} ${each.uses} ${each.expiresAt}`)
      const expected = openIn(world).map(session => {
        const token = session.token.replace(/^(.{4}).*(.{4})$/, '$1…$2')
        return `${token} ${session.uses} ${new Date(expiryOf(session)).toISOString()}`
      })
      assert.deepEqual(listed.sort(), expected.sort())
    })
  ]
}
