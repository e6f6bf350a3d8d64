import { openSavedRun } from '../open-run.js'
import { Detail } from './detail.js'
import { Header } from './header.js'
import { Lanes } from './lanes.js'
import { Locked } from './locked.js'
import { Button, type Props } from './parts.js'
import { Requests } from './requests.js'
import { Side } from './side.js'
import { Welcome } from './welcome.js'

/** The page. A dropped file is read as a saved run. */
export const App = (props: Props) => {
  const { model, live } = props
  return (
    <div
      class={`app ${model.isDragging ? 'over' : ''}`}
      onDragOver={event => {
        event.preventDefault()
        model.update({ isDragging: true })
      }}
      onDragLeave={event => event.relatedTarget === null && model.update({ isDragging: false })}
      onDrop={event => {
        event.preventDefault()
        model.update({ isDragging: false })
        const file = event.dataTransfer?.files[0]
        if (file) void openSavedRun(file, file.name, live)
      }}
    >
      {model.connection !== 'locked' && (
        <Button class="skip" onClick={() => document.getElementById('filter')?.focus()}>
          Skip to the requests
        </Button>
      )}
      <Header {...props} />
      <Notice {...props} />
      {model.connection === 'locked' ? <Locked {...props} /> : <Main {...props} />}
    </div>
  )
}

const Main = (props: Props) => {
  const { isEmpty, filter, session, openedKey } = props.model
  return (
    <main>
      <h1 class="unseen">session-mock dashboard</h1>
      {isEmpty && filter.text === '' && session === undefined ? <Welcome {...props} /> : <Lanes {...props} />}
      <div class="columns">
        <Requests {...props} />
        <Side {...props} />
      </div>
      {openedKey !== undefined && <Detail key={openedKey} {...props} />}
    </main>
  )
}

const Notice = ({ model }: Props) => (
  <div class="notices" role="status" aria-live="polite">
    {model.notice && (
      <p class={model.notice.isError ? 'notice bad' : 'notice'}>
        <span>{model.notice.text}</span>
        <Button class="plain" aria-label="Dismiss" onClick={() => model.update({ notice: undefined })}>
          ✕
        </Button>
      </p>
    )}
  </div>
)
