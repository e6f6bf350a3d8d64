/** A client under test: it keeps a session of CBRAIN, and logs in again where its token is refused. */
export class CbrainClient {
  #token

  constructor(baseUrl, login, password) {
    this.baseUrl = baseUrl
    this.credentials = { login, password }
  }

  /** Who is logged in. Throws where the server fails. */
  async whoAmI() {
    if (!this.#token) await this.#login()
    const answer = await this.#ask('GET')
    if (answer.ok) return (await answer.json()).user_id
    if (answer.status !== 401) throw new Error(`the server answers ${answer.status}`)
    await this.#login()
    return (await (await this.#ask('GET')).json()).user_id
  }

  async logout() {
    await this.#ask('DELETE')
    this.#token = undefined
  }

  async #login() {
    const body = new URLSearchParams(this.credentials)
    const answer = await fetch(`${this.baseUrl}/session`, { method: 'POST', body })
    if (!answer.ok) throw new Error(`no login: the server answers ${answer.status}`)
    this.#token = (await answer.json()).cbrain_api_token
  }

  #ask(method) {
    return fetch(`${this.baseUrl}/session`, { method, headers: { Authorization: `Bearer ${this.#token}` } })
  }
}
