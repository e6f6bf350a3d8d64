import { connect, spaceNameOf } from 'session-mock'
import { test as base, inject } from 'vitest'

/** A test with a space of its own on the server of all workers. */
export const test = base.extend({
  mock: async ({ task }, use) => {
    const server = await connect(inject('sessionMock'))
    const mock = server.space(spaceNameOf(task.name, task.id))
    await use(mock)
    await mock.stop()
  }
})
