import { timeOfDay, visible } from '../format.js'
import type { Model } from '../model.js'
import type { Summary } from '../rows.js'
import { Button, isolate, OutcomeWord, Product } from './parts.js'

interface LineProps {
  readonly row: Summary
  readonly model: Model
  readonly index: number
  readonly height: number
  /** Whether it is the tab stop of the list. */
  readonly isStop: boolean
  readonly open: () => void
}

/** One request in the list. */
export const RequestLine = ({ row, model, index, height, isStop, open }: LineProps) => {
  const operation = row.operation ?? `${row.method} ${row.path}`
  const why = whyOf(row)
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class={`line cells ${row.key === model.openedKey ? 'current' : ''}`}
      style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}
      onClick={open}
    >
      <span role="cell" class="when">
        <Button
          class="plain"
          tabIndex={isStop ? 0 : -1}
          onFocus={() => model.update({ rowStop: row.key })}
          aria-label={`${timeOfDay(row.at)}, open request ${row.number}, ${operation}`}
        >
          {timeOfDay(row.at)}
        </Button>
      </span>
      <span role="cell" class="what" title={`${row.method} ${visible(row.path)}`}>
        <Product name={row.product} model={model} /> {visible(operation)}
      </span>
      <span role="cell" class="who">
        {isolate(row.login ?? '')}
      </span>
      <span role="cell" class="status" title={row.fault ?? ''}>
        {row.status}
      </span>
      <span role="cell" class="fate">
        <OutcomeWord outcome={row.outcome} />
      </span>
      <span role="cell" class="why" title={why}>
        {isolate(why)}
      </span>
    </div>
  )
}

const whyOf = ({ why, rules }: Summary): string =>
  [why, ...rules.map(({ rule }) => (why?.includes(rule) ? undefined : rule))].filter(Boolean).join(' · ')
