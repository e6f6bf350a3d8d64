import { plural } from '../format.js'
import type { SpaceSummary } from '../page-types.js'
import { Button, Empty, isolate, type Props, Quiet } from './parts.js'

export const Spaces = (props: Props) => {
  if (props.model.run) return <Empty>A saved run has no spaces.</Empty>
  return (
    <>
      <NewSpace {...props} />
      <ul class="entries">
        {props.model.spaces.map(space => (
          <li key={space.name}>
            <p>
              <strong>{space.name}</strong>{' '}
              <span class="quiet">
                {plural(space.requests, 'request')}, {plural(space.sessions, 'open session')}, state{' '}
                {isolate(space.state)}
              </span>
            </p>
            <Quiet>{isolate(space.scenario)}</Quiet>
            <ActionButtons {...props} space={space} />
          </li>
        ))}
      </ul>
    </>
  )
}

const NewSpace = ({ actions }: Props) => (
  <form
    class="row"
    onSubmit={event => {
      event.preventDefault()
      const name = String(new FormData(event.currentTarget).get('name')).trim()
      event.currentTarget.reset()
      void actions.perform('spaces', { space: undefined, body: { name } }, `The space ${name} was created.`)
    }}
  >
    <label>
      Name
      <input name="name" required autocomplete="off" />
    </label>
    <button type="submit">Create a space</button>
  </form>
)

const ActionButtons = ({ model, actions, live, space: { name } }: Props & { readonly space: SpaceSummary }) => (
  <div class="buttons">
    <Button aria-pressed={model.space === name} onClick={() => live.show(name)}>
      Show
    </Button>
    <Button aria-label={`Fork the space ${name}`} onClick={() => void actions.fork(name)}>
      Fork
    </Button>
    <Button
      aria-label={`Reset the space ${name}`}
      onClick={() => void actions.perform('reset', { space: name }, `The space ${name} was reset.`)}
    >
      Reset
    </Button>
    {name !== 'default' && (
      <Button
        aria-label={`Delete the space ${name}`}
        onClick={() => void actions.perform('spaces', { method: 'DELETE', space: name })}
      >
        Delete
      </Button>
    )}
  </div>
)
