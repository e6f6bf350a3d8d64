import { Button, Empty, isolate, type Props, Quiet } from './parts.js'

/** The verdicts on the clients' use of sessions. */
export const Verdicts = ({ model, actions }: Props) => {
  if (model.verdicts.length === 0) return <Empty>No verdict yet.</Empty>
  return (
    <ul class="entries">
      {model.verdicts.map(({ verdict, description, passed, findings }) => (
        <li key={verdict}>
          <p>
            <span class={passed ? 'outcome success' : 'outcome broken'}>{passed ? '✓ passed' : '✕ failed'}</span>{' '}
            <strong>{verdict}</strong>
          </p>
          <Quiet>{description}</Quiet>
          <ul class="findings">
            {findings.slice(0, 50).map(({ space, requests, words }) => (
              <li key={`${space} ${requests.join()} ${words}`}>
                {isolate(words)}{' '}
                {requests.map(number => (
                  <Button class="chip" key={number} onClick={() => void actions.openRequest(`${space}#${number}`)}>
                    request {number}
                  </Button>
                ))}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}
