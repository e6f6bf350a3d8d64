import { duration, visible } from '../format.js'
import { type Lane, type LaneLayout, layoutLanes, type Mark } from '../lanes.js'
import type { Window } from '../model.js'
import { Button, Empty, isolate, More, moveFocus, Panel, Product, type Props } from './parts.js'

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
  const { open = 0, ended = 0 } = model.counts ?? {}
  return (
    <Panel
      title="Sessions over time"
      class="lanes"
      side={
        <fieldset class="buttons">
          <legend class="unseen">Time span</legend>
          <More shown={layout.lanes.length} of={open + ended} noun="session" />
          {windows.map(([name, value]) => (
            <Button key={name} aria-pressed={value === model.window} onClick={() => model.update({ window: value })}>
              {name}
            </Button>
          ))}
        </fieldset>
      }
    >
      {layout.lanes.length === 0 ? (
        <Empty>{model.counts ? 'No open or recently ended sessions.' : 'Loading…'}</Empty>
      ) : (
        <Chart {...props} layout={layout} />
      )}
    </Panel>
  )
}

const Chart = ({ layout, ...props }: Props & { readonly layout: LaneLayout }) => (
  <div class="chart" role="group" aria-label="Sessions over time" onKeyDown={moveFocus('.lane .who')}>
    <div class="axis" aria-hidden="true">
      <span class="who" />
      <span class="track">
        {layout.ticks.map(({ at, left }) => (
          <i key={at} style={{ left: `${left}%` }}>
            {at === 0 ? (props.model.run ? 'end' : 'now') : at < 0 ? `−${duration(-at)}` : `+${duration(at)}`}
          </i>
        ))}
      </span>
    </div>
    <ul>
      {layout.lanes.map(lane => (
        <LaneLine key={lane.id} {...props} lane={lane} now={layout.now} isStop={lane.id === stopOf(layout, props)} />
      ))}
    </ul>
  </div>
)

/** The lane that Tab leads to: the one of the last focus, else the first. */
const stopOf = ({ lanes }: LaneLayout, { model }: Props): string | undefined =>
  (lanes.find(({ id }) => id === model.laneStop) ?? lanes[0])?.id

interface LineProps extends Props {
  readonly lane: Lane
  readonly now: number
  readonly isStop: boolean
}

const LaneLine = ({ lane, now, isStop, model, actions }: LineProps) => {
  const { session, isOpen, key, id } = lane
  const isShown = model.session === key
  return (
    <li class={`lane ${isOpen ? 'open' : 'ended'} ${isShown ? 'current' : ''}`}>
      <Button
        class="who plain"
        aria-pressed={isShown}
        tabIndex={isStop ? 0 : -1}
        onFocus={() => model.update({ laneStop: id })}
        onClick={() => model.update({ session: isShown ? undefined : key })}
      >
        <Product name={session.product} model={model} /> {isolate(session.login, 'login')}{' '}
        <code>{visible(session.token)}</code>
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
  const name = `${count > 1 ? `${count} requests, the last ` : ''}request ${last.number}, ${last.operation ?? last.path}, ${last.fault ?? last.status}, ${outcome}`
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
