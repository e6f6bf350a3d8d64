import { start } from 'session-mock'

/** Starts one server for all workers. */
export default async ({ provide }) => {
  const mock = await start()
  provide('sessionMock', mock.url())
  return () => mock.stop()
}
