import { plural, visible } from '../format.js'
import { Button, Empty, type Props } from './parts.js'

export const Spaces = (props: Props) => {
  const { model, actions, live } = props
  if (model.run) return <Empty>A saved run has no spaces to steer.</Empty>
  return (
    <>
      <form
        class="row"
        onSubmit={event => {
          event.preventDefault()
          const name = String(new FormData(event.currentTarget).get('name')).trim()
          event.currentTarget.reset()
          void actions.steer('spaces', { space: undefined, body: { name } }, `The space ${name} is there.`)
        }}
      >
        <label>
          Name
          <input name="name" required autocomplete="off" />
        </label>
        <button type="submit">Make a space</button>
      </form>
      <ul class="entries">
        {model.spaces.map(space => (
          <li key={space.name}>
            <p>
              <strong>{space.name}</strong>{' '}
              <span class="quiet">
                {plural(space.requests, 'request')}, {plural(space.sessions, 'open session')}, state{' '}
                <bdi>{visible(space.state)}</bdi>
              </span>
            </p>
            <p class="quiet">
              <bdi>{visible(space.scenario)}</bdi>
            </p>
            <div class="buttons">
              <Button aria-pressed={model.space === space.name} onClick={() => live.show(space.name)}>
                Show
              </Button>
              <Button
                aria-label={`Reset the space ${space.name}`}
                onClick={() =>
                  void actions.steer('reset', { space: space.name }, `The space ${space.name} begins anew.`)
                }
              >
                Reset
              </Button>
              {space.name !== 'default' && (
                <Button
                  aria-label={`Drop the space ${space.name}`}
                  onClick={() => void actions.steer('spaces', { method: 'DELETE', space: space.name })}
                >
                  Drop
                </Button>
              )}
            </div>
          </li>
        ))}
      </ul>
    </>
  )
}
