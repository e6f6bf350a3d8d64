import { curlOf } from '../curl.js'
import { bytes, visible } from '../format.js'
import type { Model } from '../model.js'
import type { Message, Row } from '../page-types.js'
import { isBinary, prettyBody } from '../pretty.js'
import { hasResponse, sessionKeyOf } from '../rows.js'
import { Button, isolate, OutcomeWord, Product, type Props, Quiet } from './parts.js'

/** The details of a request, over the right side of the page. Escape closes them. */
export const Detail = (props: Props) => {
  const { model } = props
  const row = model.rows.detail(model.openedKey ?? '')
  const close = () => model.update({ openedKey: undefined })
  return (
    <aside
      class="detail"
      ref={focusWhileOpen}
      tabIndex={-1}
      aria-label="Request"
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <header>
        <h2>{row ? `Request ${row.number}` : 'Request'}</h2>
        {row && <ActionButtons {...props} row={row} />}
        <Button class="plain" aria-label="Close" onClick={close}>
          ✕
        </Button>
      </header>
      {row ? <RequestContent row={row} model={model} /> : <p class="empty">{model.problem ?? 'Reading…'}</p>}
    </aside>
  )
}

/** Moves the focus into the dialog, and back after it is closed. */
const focusWhileOpen = (box: HTMLElement | null): (() => void) => {
  const before = document.activeElement
  box?.focus()
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus()
  }
}

const ActionButtons = ({ row, model, actions }: Props & { readonly row: Row }) => (
  <div class="buttons">
    <Button onClick={() => void actions.copyText(curlOf(row, location.origin), 'The command')}>Copy as curl</Button>
    {row.session !== undefined && (
      <Button
        onClick={() => model.update({ session: sessionKeyOf({ ...row, product: row.product }), openedKey: undefined })}
      >
        Show the session
      </Button>
    )}
  </div>
)

const RequestContent = ({ row, model }: { readonly row: Row; readonly model: Model }) => (
  <div class="body">
    <p class="summary">
      <Product name={row.product} model={model} /> <strong>{row.operation ?? 'no operation'}</strong>{' '}
      <OutcomeWord outcome={row.outcome} />{' '}
      <span class="quiet">
        {hasResponse(row) ? row.status : 'no complete response'}, {row.milliseconds} ms
      </span>
    </p>
    {row.why && (
      <section class="why">
        <h3>Reason</h3>
        <p>{isolate(row.why.words)}</p>
        <Facts facts={row.why} />
      </section>
    )}
    {row.rules.map(({ number, rule, sentence }) => (
      <section class="rule" key={number}>
        <h3>{visible(rule)}</h3>
        <p>{isolate(sentence)}</p>
      </section>
    ))}
    <Facts facts={factsOf(row)} />
    <Part title="Request" first={row.request.line} message={row.request} />
    <Part title="Response" first={responseLine(row)} message={row.answer} />
  </div>
)

const responseLine = (row: Row): string =>
  hasResponse(row) ? String(row.answer.status) : `${row.answer.status}, but ${row.fault ?? 'the client left'}`

const factsOf = ({ space, at, wall, login, token, session, failure, fault, nearest }: Row) => ({
  space,
  login,
  token,
  session,
  failure,
  fault,
  nearest,
  'at, by the clock of the space': at,
  'at, in real time': wall
})

const Facts = ({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) => (
  <dl>
    {Object.entries(facts).map(
      ([name, value]) =>
        value !== undefined &&
        name !== 'words' && (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{isolate(String(value))}</dd>
          </div>
        )
    )}
  </dl>
)

const Part = ({
  title,
  first,
  message
}: {
  readonly title: string
  readonly first: string
  readonly message: Message
}) => (
  <section>
    <h3>{title}</h3>
    <pre role="region" tabIndex={0} aria-label={`${title}: line and headers`}>
      <b>{visible(first)}</b>
      {Object.entries(message.headers).map(([name, value]) => `\n${visible(name)}: ${visible(value)}`)}
    </pre>
    {message.body !== undefined && message.body !== '' && <Body title={title} body={message.body} />}
  </section>
)

const Body = ({ title, body }: { readonly title: string; readonly body: string }) => {
  // The journal marks a truncated body.
  const [, all] = /… \((\d+) bytes in all\)$/.exec(body) ?? []
  return (
    <>
      <Quiet>
        {bytes(Number(all ?? new Blob([body]).size))}
        {all && ', truncated'}
        {isBinary(body) && ', binary'}
      </Quiet>
      <pre role="region" tabIndex={0} class="content" aria-label={`${title}: body`}>
        {visible(prettyBody(body))}
      </pre>
    </>
  )
}
