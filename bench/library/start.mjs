// Prints the milliseconds from the import of a library to the end of the start of its mock of CBRAIN's login.
const mocks = {
  'session-mock': async () => {
    const { start } = await import('session-mock')
    const mock = await start()
    return () => mock.stop()
  },
  msw: async () => {
    const [{ http, HttpResponse }, { setupServer }] = await Promise.all([import('msw'), import('msw/node')])
    const session = { user_id: 1, cbrain_api_token: '00112233445566778899aabbccddeeff' }
    const server = setupServer(http.post('http://cbrain.example/session', () => HttpResponse.json(session)))
    server.listen()
    return () => server.close()
  },
  /** No mock: only the import. */
  Fastify: async () => {
    await import(process.env.BENCH_FASTIFY)
    return () => undefined
  }
}

const begun = performance.now()
const stop = await mocks[process.argv[2]]()
console.log(performance.now() - begun)
await stop()
