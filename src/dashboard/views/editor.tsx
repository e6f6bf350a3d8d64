import { plural } from '../format.js'
import type { Mistake } from '../shapes.js'
import { Button, foreign, type Props, Quiet } from './parts.js'

/** A scenario's text, with what the server finds wrong in it at its lines, as it is typed. */
export const Editor = (props: Props) => {
  const { model, actions } = props
  return (
    <div class="editor">
      <Text {...props} />
      <Findings {...props} />
      <div class="buttons">
        <Button class="primary" disabled={!model.found?.valid} onClick={() => void actions.applyScenario()}>
          Apply
        </Button>
        <label class="inline">
          <input
            type="checkbox"
            checked={model.keeps}
            onChange={event => model.update({ keeps: event.currentTarget.checked })}
          />{' '}
          keep sessions, clock and journal
        </label>
        <Button onClick={() => model.update({ draft: undefined })}>Cancel</Button>
      </div>
    </div>
  )
}

const Text = ({ model, actions }: Props) => {
  const { draft = '', found } = model
  const has = (list: readonly Mistake[] | undefined, line: number) => list?.some(each => each.line === line)
  return (
    <div class="text">
      <pre class="gutter" aria-hidden="true">
        {draft.split('\n').map((_, index) => (
          <span
            key={index}
            class={has(found?.mistakes, index + 1) ? 'wrong' : has(found?.warnings, index + 1) ? 'doubtful' : ''}
          >
            {index + 1}
            {'\n'}
          </span>
        ))}
      </pre>
      <textarea
        aria-label="Text of the scenario"
        aria-invalid={found ? !found.valid : false}
        aria-describedby="findings"
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        value={draft}
        onInput={event => actions.editDraft(event.currentTarget.value)}
        onScroll={({ currentTarget: { previousElementSibling: gutter, scrollTop } }) => {
          if (gutter) gutter.scrollTop = scrollTop
        }}
      />
    </div>
  )
}

const Findings = ({ model: { draft = '', found } }: Props) => (
  <div id="findings" class="found" role="status">
    {!found && <Quiet>Checking…</Quiet>}
    {found?.valid && <p class="outcome success">✓ {plural(found.rules?.length ?? 0, 'rule')}, no errors</p>}
    <ul>
      {[...(found?.mistakes ?? []), ...(found?.warnings ?? [])].slice(0, 30).map(mistake => (
        <li key={`${mistake.line} ${mistake.message}`} class={found?.mistakes.includes(mistake) ? 'wrong' : 'doubtful'}>
          {mistake.line !== undefined && (
            <Button class="chip" onClick={() => select(draft, mistake.line ?? 1)}>
              line {mistake.line}
            </Button>
          )}{' '}
          {foreign(mistake.message)}
        </li>
      ))}
    </ul>
  </div>
)

/** Selects a line of the text. */
const select = (draft: string, line: number): void => {
  const lines = draft.split('\n')
  const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0)
  const area = document.querySelector('textarea')
  area?.focus()
  area?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0))
}
