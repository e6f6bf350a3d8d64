import { plural } from '../format.js'
import type { Model } from '../model.js'
import { Filters } from './filters.js'
import { Button, Empty, Panel, type Props } from './parts.js'
import { RequestList } from './request-list.js'

export const Requests = (props: Props) => {
  const { model } = props
  const { shown } = model
  return (
    <Panel title="Requests" class="requests" side={<Tools {...props} />}>
      <Filters {...props} />
      {shown.length === 0 ? <Empty>{emptyText(model)}</Empty> : <RequestList {...props} />}
      <Older {...props} />
    </Panel>
  )
}

const emptyText = ({ isLoading, rows, connection }: Model): string => {
  if (rows.list.length > 0) return 'No request matches the filter.'
  if (!isLoading) return 'No requests yet.'
  return connection === 'saved' ? 'Loading the run…' : 'Loading the journal…'
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

/** Tells of older requests, which the page does not have. */
const Older = ({ model, live }: Props) => {
  const { run, rows, isLoading } = model
  const count = model.older + rows.dropped
  if (count === 0) return null
  return (
    <p class="older quiet">
      {plural(count, 'older request')} {run ? 'in the file are not shown.' : 'are not shown. '}
      {!run && rows.list.length < rows.limit && (
        <Button disabled={isLoading} onClick={() => void live.loadRows().catch(() => undefined)}>
          {isLoading ? 'Loading…' : 'Load'}
        </Button>
      )}
    </p>
  )
}
