import { useState } from 'preact/hooks'
import { messageOf } from '../api.js'
import { visible } from '../format.js'
import { Editor } from './editor.js'
import { Button, Empty, type Props } from './parts.js'

export const Scenario = (props: Props) => {
  const { model, actions } = props
  const [text, setText] = useState<string>()
  const { scenario, holds, run } = model
  const edit = (name?: string) =>
    void actions.scenarioText(name).then(setText, error => model.say(messageOf(error), true))
  if (!scenario) return <Empty>No scenario is known.</Empty>
  if (text !== undefined) return <Editor {...props} text={text} done={() => setText(undefined)} />
  return (
    <>
      <p class="title">
        <bdi>{visible(scenario.title)}</bdi>
      </p>
      {scenario.state !== '' && (
        <p class="quiet">
          State <bdi>{visible(scenario.state)}</bdi>
          {scenario.stateUntil !== undefined && `, until ${scenario.stateUntil}`}
        </p>
      )}
      {!run && <Choice {...props} edit={edit} />}
      {holds.map(({ space, name, waiting }) => (
        <p class="hold" key={`${space} ${name}`}>
          <strong>{waiting}</strong> held by <bdi>{visible(name)}</bdi>{' '}
          <Button
            onClick={() => void actions.steer(`holds/${encodeURIComponent(name)}/release`, { space })}
            aria-label={`Release ${name}`}
          >
            Release
          </Button>
        </p>
      ))}
      <h3>Rules ({scenario.rules.length})</h3>
      {scenario.rules.length === 0 && <Empty>It has no rules: every product behaves as it is.</Empty>}
      <ol class="entries">
        {scenario.rules.map(({ number, rule, sentence, matched, played }) => (
          <li key={number} class={played > 0 ? 'played' : ''}>
            <p>
              <bdi>{visible(sentence.replace(/ \(played .*\)$/, ''))}</bdi>
            </p>
            <p class="quiet">
              played <strong>{played}</strong>, matched {matched} · <bdi>{visible(rule)}</bdi>
            </p>
          </li>
        ))}
      </ol>
    </>
  )
}

const Choice = ({ model, actions, edit }: Props & { readonly edit: (name?: string) => void }) => {
  const [shipped, setShipped] = useState<readonly { readonly name: string; readonly title: string }[]>([])
  const load = () => {
    if (shipped.length === 0)
      void actions.shippedScenarios().then(
        ({ scenarios }) => setShipped(scenarios),
        () => undefined
      )
  }
  return (
    <div class="buttons">
      <Button onClick={() => edit()}>Edit</Button>
      <Button
        onClick={() => void actions.steer('scenario', { method: 'DELETE' }, 'The scenario of the start begins again.')}
      >
        Back to the start
      </Button>
      <select
        aria-label="Choose a shipped scenario"
        value=""
        onFocus={load}
        onPointerDown={load}
        onChange={event => {
          if (event.currentTarget.value !== '') edit(event.currentTarget.value)
          event.currentTarget.value = ''
        }}
      >
        <option value="">Shipped scenarios…</option>
        {shipped.map(({ name, title }) => (
          <option key={name} value={name} title={title}>
            {name}
          </option>
        ))}
      </select>
      {model.space === undefined && model.spaces.length > 1 && (
        <span class="quiet">of the space default; steers all</span>
      )}
    </div>
  )
}
