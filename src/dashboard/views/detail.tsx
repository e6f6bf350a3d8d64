import { useEffect, useRef, useState } from 'preact/hooks'
import { messageOf } from '../api.js'
import { curlOf } from '../curl.js'
import { bytes, visible } from '../format.js'
import { sessionKeyOf } from '../model.js'
import { isBinary, prettyBody } from '../pretty.js'
import type { Message, Row } from '../shapes.js'
import { Button, OutcomeWord, type Props } from './parts.js'
import { Product } from './requests.js'

/** One request, whole, over the right of the page; Escape closes it. */
export const Detail = (props: Props) => {
  const { model } = props
  const box = useRef<HTMLElement>(null)
  const { row, trouble } = useRow(props)
  const close = () => {
    model.openedKey = undefined
    model.changed()
  }
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null
    box.current?.focus()
    return () => before?.isConnected && before.focus()
  }, [])
  return (
    <aside
      class="detail"
      ref={box}
      tabIndex={-1}
      aria-label="Request"
      onKeyDown={event => event.key === 'Escape' && close()}
    >
      <header>
        <h2>{row ? `Request ${row.number}` : 'Request'}</h2>
        {row && <Acts {...props} row={row} />}
        <Button class="plain" aria-label="Close" onClick={close}>
          ✕
        </Button>
      </header>
      {row ? <Whole row={row} {...props} /> : <p class="empty">{trouble ?? 'Reading…'}</p>}
    </aside>
  )
}

const useRow = ({ model, actions }: Props): { row: Row | undefined; trouble: string | undefined } => {
  const [trouble, setTrouble] = useState<string>()
  const key = model.openedKey ?? ''
  const row = model.rows.detail(key)
  useEffect(() => {
    if (row || model.run) return
    const cut = key.lastIndexOf('#')
    actions.detail(key.slice(0, cut), Number(key.slice(cut + 1))).then(
      found => {
        if (!found) return setTrouble('The journal holds it no more.')
        model.rows.keepDetail(found)
        model.changed()
      },
      error => setTrouble(messageOf(error))
    )
  }, [key])
  return { row, trouble }
}

const Acts = ({ row, model, actions }: Props & { readonly row: Row }) => (
  <div class="buttons">
    <Button onClick={() => void actions.copyText(curlOf(row, location.origin), 'The command')}>Copy as curl</Button>
    {row.session !== undefined && (
      <Button
        onClick={() => {
          model.session = sessionKeyOf({ ...row, product: row.product })
          model.openedKey = undefined
          model.changed()
        }}
      >
        Show the session
      </Button>
    )}
  </div>
)

const Whole = ({ row }: Props & { readonly row: Row }) => (
  <div class="body">
    <p class="summary">
      <Product name={row.product} /> <strong>{row.operation ?? 'no operation'}</strong>{' '}
      <OutcomeWord outcome={row.outcome} />{' '}
      <span class="quiet">
        {row.status}, {row.milliseconds} ms
      </span>
    </p>
    {row.why && (
      <section class="why">
        <h3>Why</h3>
        <p>
          <bdi>{visible(row.why.words)}</bdi>
        </p>
        <Facts facts={row.why} />
      </section>
    )}
    {row.rules.map(({ number, rule, sentence }) => (
      <section class="rule" key={number}>
        <h3>{visible(rule)}</h3>
        <p>
          <bdi>{visible(sentence)}</bdi>
        </p>
      </section>
    ))}
    <Facts facts={factsOf(row)} />
    <Part title="Request" first={row.request.line} message={row.request} />
    <Part title="Answer" first={`${row.answer.status}`} message={row.answer} />
  </div>
)

const factsOf = ({ space, at, wall, login, token, session, failure, fault, nearest }: Row) => ({
  space,
  login,
  token,
  session,
  failure,
  fault,
  nearest,
  'at, by the clock of the space': at,
  'at, by the real time': wall
})

const Facts = ({ facts }: { readonly facts: Readonly<Record<string, unknown>> }) => (
  <dl>
    {Object.entries(facts)
      .filter(([name, value]) => value !== undefined && name !== 'words')
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{visible(String(value))}</bdi>
          </dd>
        </div>
      ))}
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
    <pre role="region" tabIndex={0} aria-label={`${title}, its line and headers`}>
      <b>{visible(first)}</b>
      {Object.entries(message.headers).map(([name, value]) => `\n${visible(name)}: ${visible(value)}`)}
    </pre>
    {message.body !== undefined && message.body !== '' && <Body title={title} body={message.body} />}
  </section>
)

const Body = ({ title, body }: { readonly title: string; readonly body: string }) => (
  <>
    <p class="quiet">
      {bytes(new Blob([body]).size)}
      {isBinary(body) && ', hardly text'}
    </p>
    <pre role="region" tabIndex={0} class="content" aria-label={`${title}, its body`}>
      {visible(prettyBody(body))}
    </pre>
  </>
)
