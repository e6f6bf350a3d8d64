import { duration, visible } from '../format.js'
import { type Lane, type LaneLayout, layoutLanes, type Mark } from '../lanes.js'
import type { Window } from '../model.js'
import { Button, Empty, isolate, Panel, Product, type Props } from './parts.js'

const windows: readonly (readonly [string, Window])[] = [
  ['All', undefined],
  ['1m', 60_000],
  ['10m', 600_000],
  ['1h', 3_600_000],
  ['1d', 86_400_000]
]

/** One lane per session, from login to end, with marks for requests. */
export const Lanes = (props: Props) => {
  const { model } = props
  const layout = layoutLanes(model, model.window)
  return (
    <Panel
      title="Sessions over time"
      class="lanes"
      side={
        <fieldset class="buttons">
          <legend class="unseen">Time span</legend>
          {windows.map(([name, value]) => (
            <Button key={name} aria-pressed={value === model.window} onClick={() => model.update({ window: value })}>
              {name}
            </Button>
          ))}
        </fieldset>
      }
    >
      {layout.lanes.length === 0 ? (
        <Empty>No open or recently ended sessions.</Empty>
      ) : (
        <Chart {...props} layout={layout} />
      )}
    </Panel>
  )
}

const Chart = ({ layout, ...props }: Props & { readonly layout: LaneLayout }) => (
  <div class="chart" tabIndex={0} role="group" aria-label="Sessions over time">
    <div class="axis" aria-hidden="true">
      <span class="who" />
      <span class="track">
        {layout.ticks.map(({ at, left }) => (
          <i key={at} style={{ left: `${left}%` }}>
            {at === 0 ? 'now' : at < 0 ? `−${duration(-at)}` : `+${duration(at)}`}
          </i>
        ))}
      </span>
    </div>
    <ul>
      {layout.lanes.map(lane => (
        <LaneLine key={`${lane.key} ${lane.session.openedAt}`} {...props} lane={lane} now={layout.now} />
      ))}
    </ul>
  </div>
)

const LaneLine = ({ lane, now, model, actions }: Props & { readonly lane: Lane; readonly now: number }) => {
  const { session, isOpen, key } = lane
  const isShown = model.session === key
  return (
    <li class={`lane ${isOpen ? 'open' : 'ended'} ${isShown ? 'current' : ''}`}>
      <Button
        class="who plain"
        aria-pressed={isShown}
        onClick={() => model.update({ session: isShown ? undefined : key })}
      >
        <Product name={session.product} /> {isolate(session.login, 'login')} <code>{visible(session.token)}</code>
      </Button>
      <span class="track">
        <span class="bar" style={bar(lane.from, lane.to)} />
        {lane.expires !== undefined && isOpen && <span class="rest" style={bar(now, lane.expires)} />}
        <span class="now" style={{ left: `${now}%` }} />
        {lane.marks.map(mark => (
          <MarkButton key={mark.left} mark={mark} open={() => void actions.openRequest(mark.last.key)} />
        ))}
        <span class="end">{endOf(lane, model.run !== undefined)}</span>
      </span>
    </li>
  )
}

const bar = (from: number, to: number) => {
  const left = Math.max(0, Math.min(100, from))
  return { left: `${left}%`, width: `${Math.max(0.15, Math.min(100, to) - left)}%` }
}

const endOf = ({ session, isOpen, left }: Lane, isSaved: boolean): string => {
  if (!isOpen) return session.cause ?? 'ended'
  if (isSaved) return 'still open'
  if (left === undefined) return 'no end'
  return left <= 0 ? 'expired' : `${duration(left)} left`
}

const MarkButton = ({ mark, open }: { readonly mark: Mark; readonly open: () => void }) => {
  const { last, count, outcome, left } = mark
  const name = `${count > 1 ? `${count} requests, the last ` : ''}request ${last.number}, ${last.operation ?? last.path}, ${last.status}, ${outcome}`
  return (
    <Button
      class={`mark ${outcome}`}
      tabIndex={-1}
      style={{ left: `${left}%` }}
      aria-label={name}
      title={name}
      onClick={open}
    />
  )
}
