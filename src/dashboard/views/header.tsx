import type { Connection } from '../model.js'
import { openSavedRun } from '../open-run.js'
import { ClockBar } from './clock.js'
import { Button, type Props } from './parts.js'

const connections: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  cut: 'No response; retrying…',
  locked: 'A token is required',
  saved: 'A saved run, read-only'
}

export const Header = (props: Props) => {
  const { model } = props
  return (
    <header class="top">
      <div class="brand">
        <span class="logo" aria-hidden="true" />
        <strong>session-mock</strong>
        <span class="quiet">{model.version}</span>
        <span class={`connection ${model.connection}`} role="status">
          {model.run ? `${model.run.name}, read-only` : connections[model.connection]}
        </span>
      </div>
      {model.connection !== 'saved' && model.connection !== 'locked' && (
        <>
          <SpaceChoice {...props} />
          <ClockBar {...props} />
        </>
      )}
      <label class="file">
        Open a run
        <input
          class="unseen"
          type="file"
          accept=".json"
          onChange={({ currentTarget: { files } }) =>
            files?.[0] && void openSavedRun(files[0], files[0].name, props.live)
          }
        />
      </label>
      {model.run && !location.search && <Button onClick={() => location.reload()}>Back to the server</Button>}
    </header>
  )
}

const SpaceChoice = ({ model, live }: Props) => (
  <label class="inline">
    Space{' '}
    <select
      value={model.space ?? ''}
      onChange={event => live.show(event.currentTarget.value === '' ? undefined : event.currentTarget.value)}
    >
      <option value="">all</option>
      {model.spaces.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  </label>
)
