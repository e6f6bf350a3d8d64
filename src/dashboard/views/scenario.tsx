import { Editor } from './editor.js'
import { Button, Empty, isolate, type Props, Quiet } from './parts.js'

export const Scenario = (props: Props) => {
  const { scenario, run, draft } = props.model
  if (!scenario) return <Empty>Loading…</Empty>
  if (draft !== undefined) return <Editor {...props} />
  return (
    <>
      <p class="title">{isolate(scenario.title)}</p>
      {scenario.state !== '' && (
        <Quiet>
          State {isolate(scenario.state)}
          {scenario.stateUntil !== undefined && `, until ${scenario.stateUntil}`}
        </Quiet>
      )}
      {!run && <Choice {...props} />}
      <Holds {...props} />
      <h3>Rules ({scenario.rules.length})</h3>
      {scenario.rules.length === 0 && <Empty>No rules: the products behave without faults.</Empty>}
      <ol class="entries">
        {scenario.rules.map(({ number, rule, sentence, matched, played }) => (
          <li key={number} class={played > 0 ? 'played' : ''}>
            <p>{isolate(sentence.replace(/ \(applied [^(]*\)$/, ''))}</p>
            <Quiet>
              applied <strong>{played}</strong>
              {!run && `, matched ${matched}`} · {isolate(rule)}
            </Quiet>
          </li>
        ))}
      </ol>
    </>
  )
}

/** The holds, with buttons that release them. */
const Holds = ({ model, actions }: Props) =>
  model.holds.map(({ space, name, waiting }) => (
    <p class="hold" key={`${space} ${name}`}>
      <strong>{waiting}</strong> held by {isolate(name)}{' '}
      <Button
        onClick={() => void actions.perform(`holds/${encodeURIComponent(name)}/release`, { space })}
        aria-label={`Release ${name}`}
      >
        Release
      </Button>
    </p>
  ))

const Choice = ({ model, actions }: Props) => {
  const load = () => void actions.loadShipped().catch(() => undefined)
  return (
    <div class="buttons">
      <Button onClick={() => void actions.edit()}>Edit</Button>
      <Button
        onClick={() =>
          void actions.perform('scenario', { method: 'DELETE' }, 'The scenario of the server start is restored.')
        }
      >
        Restore the start scenario
      </Button>
      <select
        aria-label="Choose a shipped scenario"
        value=""
        onFocus={load}
        onPointerDown={load}
        onChange={({ currentTarget }) => {
          if (currentTarget.value !== '') void actions.edit(currentTarget.value)
          currentTarget.value = ''
        }}
      >
        <option value="">Shipped scenarios…</option>
        {model.shipped.map(({ name, title }) => (
          <option key={name} value={name} title={title}>
            {name}
          </option>
        ))}
      </select>
      {model.space === undefined && model.spaces.length > 1 && (
        <span class="quiet">of the space default; changes apply to all</span>
      )}
    </div>
  )
}
