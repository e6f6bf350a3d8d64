/** A client under test: it keeps a session of CBRAIN, and logs in again if its token is refused. */
export class CbrainClient {
  #token

  constructor(baseUrl, login, password) {
    this.baseUrl = baseUrl
    this.credentials = { login, password }
  }

  /** Returns the id of the user. Throws if the server fails. */
  async whoAmI() {
    if (!this.#token) await this.#login()
    const response = await this.#send('GET')
    if (response.ok) return (await response.json()).user_id
    if (response.status !== 401) throw new Error(`the server responds with ${response.status}`)
    await this.#login()
    return (await (await this.#send('GET')).json()).user_id
  }

  async logout() {
    await this.#send('DELETE')
    this.#token = undefined
  }

  async #login() {
    const body = new URLSearchParams(this.credentials)
    const response = await fetch(`${this.baseUrl}/session`, { method: 'POST', body })
    if (!response.ok) throw new Error(`login failed: the server responds with ${response.status}`)
    this.#token = (await response.json()).cbrain_api_token
  }

  #send(method) {
    return fetch(`${this.baseUrl}/session`, { method, headers: { Authorization: `Bearer ${this.#token}` } })
  }
}
