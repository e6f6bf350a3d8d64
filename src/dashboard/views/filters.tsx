import { Button, type Props } from './parts.js'

const outcomes = ['success', 'refused', 'broken', 'left', 'unmatched']

export const Filters = ({ model }: Props) => {
  const set = (part: Partial<typeof model.filter>) => model.update({ filter: { ...model.filter, ...part } })
  const products = [...new Set(model.rows.list.flatMap(({ product }) => product ?? []))].sort()
  return (
    <div class="filters">
      <input
        type="search"
        id="filter"
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
