import { Button, Panel, type Props, Quiet } from './parts.js'

/** No requests yet: how to begin. */
export const Welcome = ({ model, actions }: Props) => (
  <Panel title="Getting started" class="welcome">
    <p>Log in with your client, or with one of these commands; requests appear here immediately.</p>
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
    <Quiet>A run saved with --report can be dropped on this page.</Quiet>
  </Panel>
)
