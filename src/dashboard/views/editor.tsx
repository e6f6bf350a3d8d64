import { useEffect, useRef, useState } from 'preact/hooks'
import { messageOf } from '../api.js'
import { plural, visible } from '../format.js'
import type { Validation } from '../shapes.js'
import { Button, type Props } from './parts.js'

/** Milliseconds of rest after which what was typed is checked. */
const pause = 250

/** A scenario's text, with what the server finds wrong in it at its lines, as it is typed. */
export const Editor = ({
  text,
  done,
  actions,
  model
}: Props & { readonly text: string; readonly done: () => void }) => {
  const [draft, setDraft] = useState(text)
  const [keeps, setKeeps] = useState(true)
  const found = useValidation(draft, actions, error => model.say(error, true))
  const area = useRef<HTMLTextAreaElement>(null)
  const apply = async () => {
    if (await actions.applyScenario(draft, keeps)) done()
  }
  return (
    <div class="editor">
      <Text draft={draft} setDraft={setDraft} found={found} area={area} />
      <Findings draft={draft} found={found} area={area} />
      <div class="buttons">
        <Button class="primary" disabled={!found?.valid} onClick={() => void apply()}>
          Apply
        </Button>
        <label class="inline">
          <input type="checkbox" checked={keeps} onChange={event => setKeeps(event.currentTarget.checked)} /> keep
          sessions, clock and journal
        </label>
        <Button onClick={done}>Cancel</Button>
      </div>
    </div>
  )
}

const useValidation = (
  draft: string,
  actions: Props['actions'],
  failed: (error: string) => void
): Validation | undefined => {
  const [found, setFound] = useState<Validation>()
  useEffect(() => {
    let isOld = false
    setFound(undefined)
    const timer = setTimeout(() => {
      actions.validate(draft).then(
        said => isOld || setFound(said),
        error => isOld || failed(messageOf(error))
      )
    }, pause)
    return () => {
      isOld = true
      clearTimeout(timer)
    }
  }, [draft])
  return found
}

interface Area {
  readonly area: { current: HTMLTextAreaElement | null }
}

const Text = ({
  draft,
  setDraft,
  found,
  area
}: Area & {
  readonly draft: string
  readonly setDraft: (text: string) => void
  readonly found: Validation | undefined
}) => {
  const gutter = useRef<HTMLPreElement>(null)
  const wrong = new Set(found?.mistakes.map(({ line }) => line))
  const doubtful = new Set(found?.warnings.map(({ line }) => line))
  const lines = draft.split('\n').map((_, index) => index + 1)
  return (
    <div class="text">
      <pre class="gutter" ref={gutter} aria-hidden="true">
        {lines.map(line => (
          <span key={line} class={wrong.has(line) ? 'wrong' : doubtful.has(line) ? 'doubtful' : ''}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
      <textarea
        ref={area}
        aria-label="Text of the scenario"
        aria-invalid={found ? !found.valid : false}
        aria-describedby="findings"
        spellcheck={false}
        autocomplete="off"
        wrap="off"
        value={draft}
        onInput={event => setDraft(event.currentTarget.value)}
        onScroll={event => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop
        }}
      />
    </div>
  )
}

const Findings = ({
  draft,
  found,
  area
}: Area & { readonly draft: string; readonly found: Validation | undefined }) => {
  const go = (line: number) => {
    const start =
      draft
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0)
    const end = draft.indexOf('\n', start)
    area.current?.focus()
    area.current?.setSelectionRange(start, end < 0 ? draft.length : end)
  }
  return (
    <div id="findings" class="found" role="status">
      {!found && <p class="quiet">Checking…</p>}
      {found?.valid && <p class="outcome success">✓ {plural(found.rules?.length ?? 0, 'rule')}, no mistake</p>}
      <ul>
        {[...(found?.mistakes ?? []), ...(found?.warnings ?? [])].slice(0, 30).map((mistake, index) => (
          <li
            key={`${mistake.line} ${mistake.message}`}
            class={index < (found?.mistakes.length ?? 0) ? 'wrong' : 'doubtful'}
          >
            {mistake.line !== undefined && (
              <Button class="chip" onClick={() => go(mistake.line ?? 1)}>
                line {mistake.line}
              </Button>
            )}{' '}
            <bdi>{visible(mistake.message)}</bdi>
          </li>
        ))}
      </ul>
    </div>
  )
}
