const { SESSION_MOCK = 'http://127.0.0.1:4100', VITEST_POOL_ID, JEST_WORKER_ID = '1' } = process.env

/** URL of the space of this worker, with its own sessions, clock, scenario and journal. */
export const mock = `${SESSION_MOCK}/~worker-${VITEST_POOL_ID ?? JEST_WORKER_ID}`

/** Resets the space of the worker; for a hook before each test. */
export const reset = async () => {
  const response = await fetch(`${mock}/__admin/reset`, { method: 'POST' })
  if (!response.ok) throw new Error(await response.text())
}
