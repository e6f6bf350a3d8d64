import { plural } from '../format.js'
import type { ValidationIssue } from '../page-types.js'
import { Button, isolate, More, type Props, Quiet } from './parts.js'

/** The text of a scenario, with the problems that the server found, at their lines. */
export const Editor = (props: Props) => {
  const { model, actions } = props
  return (
    <div class="editor">
      <Text {...props} />
      <Findings {...props} />
      <div class="buttons">
        <Button class="primary" disabled={!model.validation?.valid} onClick={() => void actions.applyScenario()}>
          Apply
        </Button>
        <label class="inline">
          <input
            type="checkbox"
            checked={model.keepsSessions}
            onChange={event => model.update({ keepsSessions: event.currentTarget.checked })}
          />{' '}
          keep sessions, clock and journal
        </label>
        <Button onClick={() => model.update({ draft: undefined })}>Cancel</Button>
      </div>
    </div>
  )
}

const Text = ({ model, actions }: Props) => {
  const { draft = '', validation } = model
  const has = (list: readonly ValidationIssue[] | undefined, line: number) => list?.some(each => each.line === line)
  return (
    <div class="text">
      <pre class="gutter" aria-hidden="true">
        {draft.split('\n').map((_, index) => (
          <span
            key={index}
            class={
              has(validation?.errors, index + 1) ? 'wrong' : has(validation?.warnings, index + 1) ? 'doubtful' : ''
            }
          >
            {index + 1}
            {'\n'}
          </span>
        ))}
      </pre>
      <textarea
        aria-label="Text of the scenario"
        aria-invalid={validation ? !validation.valid : false}
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

/** Maximum number of problems in the list. */
const maxFindings = 30

const Findings = ({ model: { draft = '', validation } }: Props) => (
  <div id="findings" class="found" role="status" tabIndex={0}>
    {!validation && <Quiet>Checking…</Quiet>}
    {validation?.valid && <p class="outcome success">✓ {plural(validation.rules?.length ?? 0, 'rule')}, no errors</p>}
    <ul>
      {[...(validation?.errors ?? []), ...(validation?.warnings ?? [])].slice(0, maxFindings).map(mistake => (
        <li
          key={`${mistake.line} ${mistake.message}`}
          class={validation?.errors.includes(mistake) ? 'wrong' : 'doubtful'}
        >
          {mistake.line !== undefined && (
            <Button class="chip" onClick={() => select(draft, mistake.line ?? 1)}>
              line {mistake.line}
            </Button>
          )}{' '}
          {isolate(mistake.message)}
        </li>
      ))}
    </ul>
    {validation && (
      <More shown={maxFindings} of={validation.errors.length + validation.warnings.length} noun="problem" />
    )}
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
