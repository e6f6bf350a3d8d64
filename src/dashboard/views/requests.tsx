import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { plural, timeOfDay, visible } from '../format.js'
import type { Summary } from '../rows.js'
import { Button, Empty, OutcomeWord, Panel, type Props } from './parts.js'

const outcomes = ['success', 'refused', 'broken', 'left', 'unmatched']

export const Requests = (props: Props) => {
  const { model } = props
  const { shown, rows } = model
  return (
    <Panel title="Requests" class="requests" side={<Tools {...props} />}>
      <Filters {...props} />
      {shown.length === 0 ? (
        <Empty>{rows.list.length === 0 ? 'No request has come yet.' : 'No request matches the filter.'}</Empty>
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
    <Button aria-pressed={model.paused !== undefined} onClick={() => model.pause()}>
      {model.paused ? `Go on (${Math.max(0, model.rows.list.length - model.paused.length)} new)` : 'Pause'}
    </Button>
    {!model.run && <Button onClick={() => void actions.clearRequests()}>Clear</Button>}
  </div>
)

const Filters = ({ model }: Props) => {
  const set = (part: Partial<typeof model.filter>) => {
    model.filter = { ...model.filter, ...part }
    model.changed()
  }
  const products = [...new Set(model.rows.list.flatMap(({ product }) => product ?? []))].sort()
  return (
    <div class="filters">
      <input
        type="search"
        aria-label="Filter by text"
        placeholder="Filter: login, path, why, rule…"
        value={model.filter.text}
        onInput={event => set({ text: event.currentTarget.value })}
      />
      <select
        aria-label="Filter by product"
        value={model.filter.product}
        onChange={event => set({ product: event.currentTarget.value })}
      >
        <option value="">every product</option>
        {products.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      <select
        aria-label="Filter by outcome"
        value={model.filter.outcome}
        onChange={event => set({ outcome: event.currentTarget.value })}
      >
        <option value="">every outcome</option>
        {outcomes.map(name => (
          <option key={name}>{name}</option>
        ))}
      </select>
      {model.session !== undefined && (
        <Button
          class="chip"
          onClick={() => {
            model.session = undefined
            model.changed()
          }}
        >
          one session only <span aria-hidden="true">✕</span>
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

/** Only the rows that can be seen stand in the page. */
const List = ({ model }: Props) => {
  const box = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ top: 0, height: 600, row: 36 })
  const { shown } = model
  useEffect(() => watchSize(box.current, setView), [])
  useAnchor(box, shown, view.row)
  const first = Math.max(0, Math.floor(view.top / view.row) - 4)
  const some = shown.slice(first, first + Math.ceil(view.height / view.row) + 8)
  return (
    <div
      class="list"
      ref={box}
      role="table"
      aria-label="Requests"
      aria-rowcount={shown.length + 1}
      onScroll={event => setView({ ...view, top: event.currentTarget.scrollTop })}
      onKeyDown={event => moveFocus(event, box.current)}
    >
      <Head />
      <div role="rowgroup" class="room" style={{ height: `${shown.length * view.row}px` }}>
        {some.map((row, index) => (
          <Line key={row.key} row={row} index={first + index} height={view.row} model={model} />
        ))}
      </div>
    </div>
  )
}

type View = { top: number; height: number; row: number }

const watchSize = (element: HTMLElement | null, setView: (set: (view: View) => View) => void): (() => void) => {
  if (!element) return () => undefined
  const observer = new ResizeObserver(() => {
    const row = element.clientWidth < 620 ? 62 : 36
    setView(view => ({ ...view, height: element.clientHeight, row }))
  })
  observer.observe(element)
  return () => observer.disconnect()
}

/** What is looked at stays where it is when newer rows come above it. */
const useAnchor = (box: { current: HTMLDivElement | null }, shown: readonly Summary[], height: number): void => {
  const before = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    const element = box.current
    const came = before.current === undefined ? 0 : shown.findIndex(({ key }) => key === before.current)
    if (element && came > 0 && element.scrollTop > height) element.scrollTop += came * height
    before.current = shown[0]?.key
  }, [shown])
}

const moveFocus = (event: KeyboardEvent, box: HTMLElement | null): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined || !box) return
  const buttons = [...box.querySelectorAll<HTMLElement>('.line button')]
  const index = buttons.indexOf(document.activeElement as HTMLElement)
  if (index < 0) return
  event.preventDefault()
  buttons[index + step]?.focus()
}

const Head = () => (
  <div role="rowgroup" class="head">
    <div role="row" class="cells">
      {['Time', 'Operation', 'Login', 'Status', 'Outcome', 'Why'].map(name => (
        <span role="columnheader" key={name}>
          {name}
        </span>
      ))}
    </div>
  </div>
)

const Line = ({
  row,
  index,
  height,
  model
}: {
  readonly row: Summary
  readonly index: number
  readonly height: number
  readonly model: Props['model']
}) => {
  const operation = row.operation ?? `${row.method} ${row.path}`
  const open = () => {
    model.openedKey = row.key
    model.changed()
  }
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class={`line cells ${row.key === model.openedKey ? 'current' : ''}`}
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
        <bdi>{visible(row.login ?? '')}</bdi>
      </span>
      <span role="cell" class="status">
        {row.status}
      </span>
      <span role="cell" class="fate">
        <OutcomeWord outcome={row.outcome} />
      </span>
      <span role="cell" class="why" title={whyOf(row)}>
        <bdi>{visible(whyOf(row))}</bdi>
      </span>
    </div>
  )
}

const whyOf = ({ why, rules }: Summary): string =>
  [why, ...rules.map(({ rule }) => (why?.includes(rule) ? undefined : rule))].filter(Boolean).join(' · ')

export const Product = ({ name }: { readonly name: string | undefined }) =>
  name === undefined ? <span class="product none">none</span> : <span class={`product ${name}`}>{name}</span>
