import { keysOf } from '../../base/own-keys.js'
import type { Tab } from '../model.js'
import { Button, type Props } from './parts.js'
import { Scenario } from './scenario.js'
import { Sessions } from './sessions.js'
import { Spaces } from './spaces.js'
import { Verdicts } from './verdicts.js'

const tabs: Readonly<Record<Tab, { readonly title: string; readonly View: (props: Props) => preact.JSX.Element }>> = {
  sessions: { title: 'Sessions', View: Sessions },
  scenario: { title: 'Scenario', View: Scenario },
  spaces: { title: 'Spaces', View: Spaces },
  verdicts: { title: 'Verdicts', View: Verdicts }
}

export const Side = (props: Props) => {
  const { model, live } = props
  const names = keysOf(tabs)
  const { View } = tabs[model.tab]
  const choose = (tab: Tab) => {
    model.update({ tab })
    live.refresh()
  }
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (step === undefined) return
    const next = names[(names.indexOf(model.tab) + step + names.length) % names.length]
    if (next) choose(next)
    document.getElementById(`tab-${next}`)?.focus()
  }
  return (
    <section class="panel side" aria-label="Controls">
      <div role="tablist" aria-label="Controls" class="tabs" onKeyDown={move}>
        {names.map(name => (
          <Button
            role="tab"
            key={name}
            id={`tab-${name}`}
            aria-selected={name === model.tab}
            aria-controls="tab-panel"
            tabIndex={name === model.tab ? 0 : -1}
            onClick={() => choose(name)}
          >
            {tabs[name].title}
          </Button>
        ))}
      </div>
      <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${model.tab}`} class="tab" tabIndex={0}>
        <View {...props} />
      </div>
    </section>
  )
}
