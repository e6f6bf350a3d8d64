import type { Connection } from '../model.js'
import { ClockBar } from './clock.js'
import { Button, type Props } from './parts.js'

const connections: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  cut: 'No answer; trying again…',
  locked: 'A token is needed',
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
      {model.run && <Button onClick={() => location.assign(location.pathname)}>Back to the server</Button>}
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
