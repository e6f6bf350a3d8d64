import { timeOfDay, visible } from '../format.js'
import type { Summary } from '../rows.js'
import { Button, isolate, OutcomeWord, Product } from './parts.js'

interface LineProps {
  readonly row: Summary
  readonly index: number
  readonly height: number
  readonly isOpen: boolean
  readonly open: () => void
}

/** One request in the list. */
export const RequestLine = ({ row, index, height, isOpen, open }: LineProps) => {
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
        {isolate(row.login ?? '')}
      </span>
      <span role="cell" class="status">
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
