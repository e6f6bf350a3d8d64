const { SESSION_MOCK = 'http://127.0.0.1:4100', VITEST_POOL_ID, JEST_WORKER_ID = '1' } = process.env

/** This worker's own space on the one server: its sessions, clock, scenario and journal are nobody else's. */
export const mock = `${SESSION_MOCK}/~worker-${VITEST_POOL_ID ?? JEST_WORKER_ID}`

/** Puts the worker's space back to its beginning; for a hook that runs before each test. */
export const reset = async () => {
  const response = await fetch(`${mock}/__admin/reset`, { method: 'POST' })
  if (!response.ok) throw new Error(await response.text())
}
