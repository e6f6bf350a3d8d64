import { Button, Empty, isolate, More, type Props, Quiet } from './parts.js'

/** Maximum number of findings of a verdict. */
const maxFindings = 50

/** The verdicts on the clients' use of sessions. */
export const Verdicts = ({ model, actions }: Props) => {
  if (!model.verdicts) return <Empty>Loading…</Empty>
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
            <More shown={maxFindings} of={findings.length} noun="finding" />
            {findings.slice(0, maxFindings).map(({ space, requests, words }) => (
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
