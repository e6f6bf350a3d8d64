import { Component, type TargetedKeyboardEvent } from 'preact'
import { plural, timeOfDay, visible } from '../format.js'
import type { Summary } from '../rows.js'
import { Button, Empty, foreign, OutcomeWord, Panel, Product, type Props } from './parts.js'

const outcomes = ['success', 'refused', 'broken', 'left', 'unmatched']

export const Requests = (props: Props) => {
  const { model } = props
  const { shown, rows } = model
  return (
    <Panel title="Requests" class="requests" side={<Tools {...props} />}>
      <Filters {...props} />
      {shown.length === 0 ? (
        <Empty>{rows.list.length === 0 ? 'No requests yet.' : 'No request matches the filter.'}</Empty>
      ) : (
        <List {...props} />
      )}
      <Older {...props} />
    </Panel>
  )
}

const Tools = ({ model, actions }: Props) => (
  <div class="buttons">
    <span class="quiet count">{plural(model.shown.length, 'request')}</span>
    {!model.run && (
      <>
        <Button aria-pressed={model.paused !== undefined} onClick={() => model.pause()}>
          {model.paused ? `Resume (${Math.max(0, model.rows.list.length - model.paused.length)} new)` : 'Pause'}
        </Button>
        <Button onClick={() => void actions.clearRequests()}>Clear</Button>
      </>
    )}
  </div>
)

const Filters = ({ model }: Props) => {
  const set = (part: Partial<typeof model.filter>) => model.update({ filter: { ...model.filter, ...part } })
  const products = [...new Set(model.rows.list.flatMap(({ product }) => product ?? []))].sort()
  return (
    <div class="filters">
      <input
        type="search"
        aria-label="Filter by text"
        placeholder="Filter: login, path, reason, rule…"
        value={model.filter.text}
        onInput={event => set({ text: event.currentTarget.value })}
      />
      <select
        aria-label="Filter by product"
        value={model.filter.product}
        onChange={event => set({ product: event.currentTarget.value })}
      >
        <option value="">all products</option>
        {products.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        aria-label="Filter by outcome"
        value={model.filter.outcome}
        onChange={event => set({ outcome: event.currentTarget.value })}
      >
        <option value="">all outcomes</option>
        {outcomes.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      {model.session !== undefined && (
        <Button class="chip" onClick={() => model.update({ session: undefined })}>
          this session only <span aria-hidden="true">✕</span>
        </Button>
      )}
    </div>
  )
}

const Older = ({ model, live }: Props) =>
  model.older === 0 ? null : (
    <p class="older quiet">
      {plural(model.older, 'older request')} {model.run ? 'in the file are not shown.' : 'in the journal. '}
      {!model.run && <Button onClick={() => void live.loadRows().catch(() => undefined)}>Load</Button>}
    </p>
  )

interface View {
  readonly top: number
  readonly height: number
  /** Pixels of a row. */
  readonly row: number
}

/** Only the rows that can be seen stand in the page. */
class List extends Component<Props, View> {
  override state: View = { top: 0, height: 600, row: 36 }
  readonly #box: { current: HTMLDivElement | null } = { current: null }
  readonly #observer = new ResizeObserver(() => {
    const { clientWidth = 0, clientHeight = 0 } = this.#box.current ?? {}
    this.setState({ height: clientHeight, row: clientWidth < 620 ? 62 : 36 })
  })
  /** The newest row of the last picture. */
  #newest: string | undefined

  override componentDidMount(): void {
    if (this.#box.current) this.#observer.observe(this.#box.current)
    this.componentDidUpdate()
  }

  override componentWillUnmount(): void {
    this.#observer.disconnect()
  }

  /** What is looked at stays where it is when newer rows come above it. */
  override componentDidUpdate(): void {
    const { shown } = this.props.model
    const came = this.#newest === undefined ? 0 : shown.findIndex(({ key }) => key === this.#newest)
    const box = this.#box.current
    if (box && came > 0 && box.scrollTop > this.state.row) box.scrollTop += came * this.state.row
    this.#newest = shown[0]?.key
  }

  override render({ model, actions }: Props, { top, height, row }: View) {
    const { shown } = model
    const first = Math.max(0, Math.floor(top / row) - 4)
    const some = shown.slice(first, first + Math.ceil(height / row) + 8)
    return (
      <div
        class="list"
        ref={this.#box}
        role="table"
        aria-label="Requests"
        aria-rowcount={shown.length + 1}
        onScroll={event => this.setState({ top: event.currentTarget.scrollTop })}
        onKeyDown={moveFocus}
      >
        <Head />
        <div role="rowgroup" class="room" style={{ height: `${shown.length * row}px` }}>
          {some.map((each, index) => (
            <Line
              key={each.key}
              row={each}
              index={first + index}
              height={row}
              isOpen={each.key === model.openedKey}
              open={() => void actions.openRequest(each.key)}
            />
          ))}
        </div>
      </div>
    )
  }
}

const moveFocus = (event: TargetedKeyboardEvent<HTMLElement>): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('.line button')]
  const index = buttons.indexOf(document.activeElement as HTMLElement)
  if (index < 0) return
  event.preventDefault()
  buttons[index + step]?.focus()
}

const Head = () => (
  <div role="rowgroup" class="head">
    <div role="row" class="cells">
      {['Time', 'Operation', 'Login', 'Status', 'Outcome', 'Reason'].map(name => (
        <span role="columnheader" key={name}>
          {name}
        </span>
      ))}
    </div>
  </div>
)

interface LineProps {
  readonly row: Summary
  readonly index: number
  readonly height: number
  readonly isOpen: boolean
  readonly open: () => void
}

const Line = ({ row, index, height, isOpen, open }: LineProps) => {
  const operation = row.operation ?? `${row.method} ${row.path}`
  const why = whyOf(row)
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class={`line cells ${isOpen ? 'current' : ''}`}
      style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}
      onClick={open}
    >
      <span role="cell" class="when">
        <Button class="plain" aria-label={`${timeOfDay(row.at)}, open request ${row.number}, ${operation}`}>
          {timeOfDay(row.at)}
        </Button>
      </span>
      <span role="cell" class="what" title={`${row.method} ${visible(row.path)}`}>
        <Product name={row.product} /> {visible(operation)}
      </span>
      <span role="cell" class="who">
        {foreign(row.login ?? '')}
      </span>
      <span role="cell" class="status">
        {row.status}
      </span>
      <span role="cell" class="fate">
        <OutcomeWord outcome={row.outcome} />
      </span>
      <span role="cell" class="why" title={why}>
        {foreign(why)}
      </span>
    </div>
  )
}

const whyOf = ({ why, rules }: Summary): string =>
  [why, ...rules.map(({ rule }) => (why?.includes(rule) ? undefined : rule))].filter(Boolean).join(' · ')
