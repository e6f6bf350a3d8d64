import { useState } from 'preact/hooks'
import { messageOf } from '../api.js'
import { openSavedRun } from '../open-run.js'
import { Detail } from './detail.js'
import { Header } from './header.js'
import { Lanes } from './lanes.js'
import { Locked } from './locked.js'
import { Button, type Props } from './parts.js'
import { Requests } from './requests.js'
import { Side } from './side.js'
import { Welcome } from './welcome.js'

/** The whole page. A file that is dropped on it is read as a saved run. */
export const App = (props: Props) => {
  const { model } = props
  const [isOver, setOver] = useState(false)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    const file = event.dataTransfer?.files[0]
    if (file) void openSavedRun(file, file.name, model).catch(error => model.say(messageOf(error), true))
  }
  return (
    <div
      class={`app ${isOver ? 'over' : ''}`}
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={event => event.relatedTarget === null && setOver(false)}
      onDrop={drop}
    >
      <Header {...props} />
      <Notice {...props} />
      {model.connection === 'locked' ? <Locked {...props} /> : <Main {...props} />}
    </div>
  )
}

const Main = (props: Props) => {
  const { rows, open, ended, connection, filter, session } = props.model
  const isEmpty = rows.list.length === 0 && open.length + ended.length === 0 && connection === 'live'
  return (
    <main>
      <h1 class="unseen">session-mock dashboard</h1>
      {isEmpty && filter.text === '' && session === undefined ? <Welcome {...props} /> : <Lanes {...props} />}
      <div class="columns">
        <Requests {...props} />
        <Side {...props} />
      </div>
      {props.model.openedKey !== undefined && <Detail key={props.model.openedKey} {...props} />}
    </main>
  )
}

const Notice = ({ model }: Props) => (
  <div class="notices" role="status" aria-live="polite">
    {model.notice && (
      <p class={model.notice.bad ? 'notice bad' : 'notice'}>
        <span>{model.notice.text}</span>
        <Button
          class="plain"
          aria-label="Dismiss"
          onClick={() => {
            model.notice = undefined
            model.changed()
          }}
        >
          ✕
        </Button>
      </p>
    )}
  </div>
)
