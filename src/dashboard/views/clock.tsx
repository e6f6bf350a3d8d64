import { dateTime, duration } from '../format.js'
import { nowOf } from '../model.js'
import { Button, type Props } from './parts.js'

/** The clock of the space, with buttons that change it. */
export const ClockBar = (props: Props) => {
  const { model, actions } = props
  const { clock } = model
  const frozen = clock?.reading.frozen ?? false
  const now = clock && nowOf(clock)
  return (
    <section class="clock" aria-label="Clock">
      <span class={frozen ? 'time frozen' : 'time'}>
        <time>{now === undefined ? '…' : dateTime(now)}</time> <span class="quiet">UTC{frozen && ', frozen'}</span>
      </span>
      <div class="buttons">
        <Button onClick={() => void actions.clock(frozen ? 'run' : 'freeze')}>{frozen ? 'Run' : 'Freeze'}</Button>
        {['10s', '1m', '30m'].map(span => (
          <Button key={span} onClick={() => void actions.clock('advance', span)} aria-label={`Advance by ${span}`}>
            +{span}
          </Button>
        ))}
        <AdvanceForm {...props} />
        <NextExpiry {...props} now={now} />
      </div>
    </section>
  )
}

const AdvanceForm = ({ actions }: Props) => (
  <form
    onSubmit={event => {
      event.preventDefault()
      void actions.clock('advance', String(new FormData(event.currentTarget).get('by')).trim())
    }}
  >
    <input class="short" name="by" required aria-label="Advance by, such as 2h30m" placeholder="2h30m" />
    <button type="submit" aria-label="Advance by the entered duration">
      Advance
    </button>
  </form>
)

const NextExpiry = ({ model, actions, now }: Props & { readonly now: number | undefined }) => {
  const next = model.clock?.reading.nextExpiry
  return (
    <Button
      class="primary"
      disabled={next === undefined}
      onClick={() => void actions.clock('next-expiry')}
      title={next === undefined ? 'No open session has a timeout' : `The next session ends at ${next}`}
    >
      To the next expiry
      {next !== undefined && now !== undefined && ` (${duration(Math.max(0, Date.parse(next) - now))})`}
    </Button>
  )
}
