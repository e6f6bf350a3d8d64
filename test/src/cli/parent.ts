import t from 'tap'
import { type ParentProcess, parentEnded } from '../../../src/cli/command-context.js'

/** A parent whose end and whose input the test decides. */
const fakeParent = () => {
  const state = { pids: [7, 3], closed: (): void => undefined }
  const parent: ParentProcess = {
    pids: () => state.pids,
    onInputClosed: listener => {
      state.closed = listener
      return () => undefined
    }
  }
  return { state, parent }
}

const clock = () => {
  const tasks: (() => void)[] = []
  const every = (_ms: number, task: () => void) => {
    tasks.push(task)
    return () => undefined
  }
  return {
    every,
    tick: () => {
      for (const task of tasks) task()
    }
  }
}

t.test('with --exit-with-parent it stops after the end of its parent, also behind a shell', async t => {
  const { state, parent } = fakeParent()
  const { every, tick } = clock()
  const { ended } = parentEnded({ exitWithParent: true }, { env: {}, parent }, { every })
  state.pids = [7, 1]
  tick()
  await t.resolves(ended)
})

t.test('with --exit-with-parent it stops when the standard input closes', async t => {
  const { state, parent } = fakeParent()
  const { ended } = parentEnded({ exitWithParent: true }, { env: {}, parent }, clock())
  state.closed()
  await t.resolves(ended)
})

t.test('under npm and npx it stops with them, since they do not pass signals on', async t => {
  const { state, parent } = fakeParent()
  const { every, tick } = clock()
  const { ended } = parentEnded({ exitWithParent: false }, { env: { npm_command: 'exec' }, parent }, { every })
  state.pids = [1]
  tick()
  await t.resolves(ended)
})

t.test('without them the parent is not watched', async t => {
  const { every, tick } = clock()
  const watched: unknown[] = []
  const watching = {
    every: (ms: number, task: () => void) => {
      watched.push(ms)
      return every(ms, task)
    }
  }
  const { parent } = fakeParent()
  parentEnded({ exitWithParent: false }, { env: {}, parent }, watching).close()
  tick()
  t.same(watched, [])
})
