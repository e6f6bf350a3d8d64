// A mock of CBRAIN's login by each library, as its users write it. Each is imported only when it is asked for.
const session = { user_id: 1, cbrain_api_token: '00112233445566778899aabbccddeeff' }

const mocks = {
  'session-mock': async () => {
    const { start } = await import('session-mock')
    const mock = await start()
    return { url: mock.url('cbrain'), stop: () => mock.stop() }
  },
  msw: async () => {
    const [{ http, HttpResponse }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')])
    const url = 'http://cbrain.example'
    const server = setupServer(http.post(`${url}/session`, () => HttpResponse.json(session)))
    server.listen()
    return { url, stop: async () => server.close() }
  },
  mockttp: async () => {
    const { getLocal } = await import('mockttp')
    const server = getLocal()
    await server.start()
    await server.forPost('/session').thenJson(200, session)
    return { url: server.url, stop: () => server.stop() }
  },
  /** No mock: what the import of Fastify takes by itself. */
  fastify: async () => {
    await import(process.env.BENCH_FASTIFY)
    return { stop: async () => undefined }
  }
}

/** Imports a library and starts its mock. */
export const startMock = name => mocks[name]()

/** Starts it, logs in once and stops it. Throws where the login is not answered with a session. */
export const logInOnce = async name => {
  const { url, stop } = await startMock(name)
  const body = new URLSearchParams({ login: 'demo', password: 'demo' })
  const answer = await fetch(`${url}/session`, { method: 'POST', body })
  const { cbrain_api_token: token } = await answer.json()
  await stop()
  if (answer.status !== 200 || !/^[0-9a-f]{32}$/.test(token)) throw new Error(`answered with ${answer.status}`)
}
