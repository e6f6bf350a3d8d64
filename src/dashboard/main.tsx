import { render } from 'preact'
import { Actions } from './actions.js'
import { messageOf } from './api.js'
import { Live } from './live.js'
import { Model } from './model.js'
import { openSavedRun } from './open-run.js'
import { after, elapsed } from './space-clock.js'
import './dashboard.css'
import { App } from './views/app.js'

const root = document.getElementById('app')
/** Minimum milliseconds between two renderings. */
const interval = 100
const state = { isDue: false, last: 0 }

/** Schedules a rendering: immediately after a pause, else at the end of the interval. */
const draw = (): void => {
  if (state.isDue) return
  state.isDue = true
  after(Math.max(0, state.last + interval - elapsed()), () => requestAnimationFrame(paint))
}

const model = new Model(draw)
const live = new Live(model)
const actions = new Actions(live)

const paint = (): void => {
  state.isDue = false
  state.last = elapsed()
  if (root) render(<App model={model} actions={actions} live={live} />, root)
}

// `session-mock show` opens the page with the name of its run.
const saved = new URLSearchParams(location.search).get('run')
if (saved === 'run.json') void fetchRun()
else void live.run()
draw()

async function fetchRun(): Promise<void> {
  model.connection = 'saved'
  try {
    const response = await fetch('run.json')
    if (!response.ok) throw new Error(await response.text())
    const name = decodeURIComponent(response.headers.get('X-Run-Name') ?? 'run.json')
    await openSavedRun(await response.blob(), name, live)
  } catch (error) {
    model.update({ isLoading: false, notice: { text: messageOf(error), isError: true } })
  }
}
