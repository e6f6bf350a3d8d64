import { dateTime, duration, plural, visible } from '../format.js'
import type { Model } from '../model.js'
import type { Session } from '../page-types.js'
import { sessionKeyOf } from '../rows.js'
import { Button, Empty, isolate, More, Product, type Props, Quiet } from './parts.js'

/** Maximum number of entries per list. */
const maxEntries = 100

export const Sessions = (props: Props) => {
  const { open, ended, counts, run } = props.model
  return (
    <>
      {!run && <OpenForm {...props} />}
      <h3>Open{counts && ` (${counts.open.toLocaleString('en')})`}</h3>
      {open.length === 0 && <Empty>{counts ? 'No session is open.' : 'Loading…'}</Empty>}
      <More shown={Math.min(maxEntries, open.length)} of={counts?.open ?? 0} noun="session" />
      <ul class="entries">
        {[...open]
          .reverse()
          .slice(0, maxEntries)
          .map(session => (
            <OpenSession key={`${sessionKeyOf(session)} ${session.openedAt}`} {...props} session={session} />
          ))}
      </ul>
      <h3>Recently ended{counts && ` (${counts.ended.toLocaleString('en')})`}</h3>
      {ended.length === 0 && <Empty>{counts ? 'No session has ended.' : 'Loading…'}</Empty>}
      <More shown={Math.min(maxEntries, ended.length)} of={counts?.ended ?? 0} noun="session" />
      <ul class="entries">
        {[...ended]
          .reverse()
          .slice(0, maxEntries)
          .map(session => (
            <li key={`${sessionKeyOf(session)} ${session.openedAt}`}>
              <Who model={props.model} session={session} />
              <Quiet>
                {session.cause} {dateTime(Date.parse(session.endedAt ?? ''))}
                {session.by !== undefined && isolate(` by ${session.by}`)}
              </Quiet>
            </li>
          ))}
      </ul>
    </>
  )
}

const Who = ({ session, model }: { readonly session: Session; readonly model: Model }) => (
  <p class="who">
    <Product name={session.product} model={model} /> {isolate(session.login, 'login')}{' '}
    <code>{visible(session.token)}</code>
    {session.space !== 'default' && <span class="quiet"> in {session.space}</span>}
  </p>
)

const OpenSession = ({ session, model, actions }: Props & { readonly session: Session }) => {
  const left = session.expiresAt === undefined ? undefined : Date.parse(session.expiresAt) - model.nowOf(session.space)
  const of = `the session of ${session.login} on ${session.product}`
  return (
    <li>
      <Who model={model} session={session} />
      <Quiet>
        {plural(session.uses, 'use')},{' '}
        {model.run ? 'still open' : left === undefined ? 'no end' : `${duration(Math.max(0, left))} left`}
      </Quiet>
      {!model.run && (
        <div class="buttons">
          <Button aria-label={`Expire ${of}`} onClick={() => void actions.endSession('expire', session)}>
            Expire
          </Button>
          <Button aria-label={`Revoke ${of}`} onClick={() => void actions.endSession('revoke', session)}>
            Revoke
          </Button>
          <Button aria-label={`Copy token of ${of}`} onClick={() => void actions.copyToken(session)}>
            Copy token
          </Button>
        </div>
      )}
    </li>
  )
}

const OpenForm = ({ model, actions }: Props) => (
  <form
    class="row"
    onSubmit={event => {
      event.preventDefault()
      const form = new FormData(event.currentTarget)
      void actions.openSession(String(form.get('product')), String(form.get('login')))
    }}
  >
    <label>
      Product
      <select name="product">
        {model.products.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
    <label>
      Account
      <input name="login" required defaultValue="demo" autocomplete="off" />
    </label>
    <button type="submit">Open a session</button>
  </form>
)
