import { visible } from '../format.js'
import { Button, Empty, type Props } from './parts.js'

/** How well clients have lived with their sessions. */
export const Verdicts = ({ model }: Props) => {
  if (model.run) return <Empty>A saved run is not judged here; `session-mock` says its verdicts with --strict.</Empty>
  if (model.verdicts.length === 0) return <Empty>No verdict yet.</Empty>
  return (
    <ul class="entries">
      {model.verdicts.map(({ verdict, description, passed, findings }) => (
        <li key={verdict}>
          <p>
            <span class={passed ? 'outcome success' : 'outcome broken'}>{passed ? '✓ passed' : '✕ failed'}</span>{' '}
            <strong>{verdict}</strong>
          </p>
          <p class="quiet">{description}</p>
          <ul class="findings">
            {findings.slice(0, 50).map(({ space, requests, words }) => (
              <li key={`${space} ${requests.join()} ${words}`}>
                <bdi>{visible(words)}</bdi>{' '}
                {requests.map(number => (
                  <Button
                    class="chip"
                    key={number}
                    onClick={() => {
                      model.openedKey = `${space}#${number}`
                      model.changed()
                    }}
                  >
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
