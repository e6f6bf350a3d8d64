import { useState } from 'preact/hooks'
import { dateTime, duration } from '../format.js'
import { nowOf } from '../model.js'
import { Button, type Props } from './parts.js'

/** The time of the space, and what moves it. */
export const ClockBar = ({ model, actions }: Props) => {
  const { clock } = model
  const [by, setBy] = useState('')
  const frozen = clock?.told.frozen ?? false
  const now = clock ? nowOf(clock) : undefined
  const next = clock?.told.nextExpiry
  const advance = (span: string) => void actions.clock('advance', span)
  return (
    <section class="clock" aria-label="Clock">
      <span class={frozen ? 'time frozen' : 'time'}>
        <time>{now === undefined ? '…' : dateTime(now)}</time> <span class="quiet">UTC{frozen && ', frozen'}</span>
      </span>
      <div class="buttons">
        <Button onClick={() => void actions.clock(frozen ? 'run' : 'freeze')}>{frozen ? 'Run' : 'Freeze'}</Button>
        {['10s', '1m', '30m'].map(span => (
          <Button key={span} onClick={() => advance(span)} aria-label={`Advance by ${span}`}>
            +{span}
          </Button>
        ))}
        <form
          onSubmit={event => {
            event.preventDefault()
            if (by.trim() !== '') advance(by.trim())
          }}
        >
          <input
            class="short"
            aria-label="Advance by, such as 2h30m"
            placeholder="2h30m"
            value={by}
            onInput={event => setBy(event.currentTarget.value)}
          />
          <button type="submit" aria-label="Advance by what is entered">
            Advance
          </button>
        </form>
        <Button
          class="primary"
          disabled={next === undefined}
          onClick={() => void actions.clock('next-expiry')}
          title={next === undefined ? 'No open session ends by time' : `The next session ends at ${next}`}
        >
          To the next expiry
          {next !== undefined && now !== undefined && ` (${duration(Math.max(0, Date.parse(next) - now))})`}
        </Button>
      </div>
    </section>
  )
}
