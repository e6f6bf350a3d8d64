import { plural } from '../format.js'
import { Filters } from './filters.js'
import { Button, Empty, Panel, type Props } from './parts.js'
import { RequestList } from './request-list.js'

export const Requests = (props: Props) => {
  const { model } = props
  const { shown, rows } = model
  return (
    <Panel title="Requests" class="requests" side={<Tools {...props} />}>
      <Filters {...props} />
      {shown.length === 0 ? (
        <Empty>{rows.list.length === 0 ? 'No requests yet.' : 'No request matches the filter.'}</Empty>
      ) : (
        <RequestList {...props} />
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

const Older = ({ model, live }: Props) =>
  model.older === 0 ? null : (
    <p class="older quiet">
      {plural(model.older, 'older request')} {model.run ? 'in the file are not shown.' : 'in the journal. '}
      {!model.run && <Button onClick={() => void live.loadRows().catch(() => undefined)}>Load</Button>}
    </p>
  )
