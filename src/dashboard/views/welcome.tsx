import { Button, Panel, type Props, Quiet } from './parts.js'

/** Nothing has happened yet: how to begin. */
export const Welcome = ({ model, actions }: Props) => (
  <Panel title="Nothing has happened yet" class="welcome">
    <p>Log in with a client of yours, or with one of these commands; what happens appears here at once.</p>
    <ul>
      {model.products.map(({ name, title, login }) => (
        <li key={name}>
          <strong>{title}</strong>
          <code>{login}</code>
          {login !== undefined && (
            <Button
              aria-label={`Copy the command for ${title}`}
              onClick={() => void actions.copyText(login, 'The command')}
            >
              Copy
            </Button>
          )}
        </li>
      ))}
    </ul>
    <Quiet>A run that was saved with --report can be dropped on this page.</Quiet>
  </Panel>
)
