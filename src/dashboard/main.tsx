import { render } from 'preact'
import { Actions } from './actions.js'
import { messageOf } from './api.js'
import { Live } from './live.js'
import { Model } from './model.js'
import { openSavedRun } from './open-run.js'
import './dashboard.css'
import { App } from './views/app.js'

const root = document.getElementById('app')
/** Milliseconds between two pictures, however much happens. */
const pace = 100
let isDue = false
let last = 0

/** Draws soon: at once where nothing was drawn lately, else after a pause. */
const draw = (): void => {
  if (isDue) return
  isDue = true
  setTimeout(() => requestAnimationFrame(paint), Math.max(0, last + pace - performance.now()))
}

const model = new Model(draw)
const live = new Live(model)
const actions = new Actions(live)

const paint = (): void => {
  isDue = false
  last = performance.now()
  if (root) render(<App model={model} actions={actions} live={live} />, root)
}

// `session-mock show` leads here with the name of the run that it serves beside this page.
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
    model.say(messageOf(error), true)
  }
}
