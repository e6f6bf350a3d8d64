import type { Props } from './parts.js'

/** The form for the token of `--admin-token`. */
export const Locked = ({ live }: Props) => (
  <main class="locked">
    <form
      class="card"
      onSubmit={event => {
        event.preventDefault()
        live.unlock(String(new FormData(event.currentTarget).get('token')).trim())
      }}
    >
      <h1>The server requires a token</h1>
      <p>It is set by --admin-token. It is kept until this tab is closed.</p>
      <label>
        Admin token
        <input name="token" type="password" autocomplete="off" required />
      </label>
      <button type="submit" class="primary">
        Continue
      </button>
    </form>
  </main>
)
