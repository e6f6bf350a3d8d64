import { type CallOptions, call, callJson, callText, messageOf } from './api.js'
import type { Live } from './live.js'
import type { Row, Session, ShippedScenario, Validation } from './page-types.js'
import { after } from './space-clock.js'

/** The actions of the page on the server. Errors are shown as a notice. */
export class Actions {
  constructor(readonly live: Live) {}

  /** Resolves to whether the server accepted the request. */
  async perform(path: string, options: CallOptions, done?: string): Promise<boolean> {
    const { model } = this.live
    try {
      await call(path, { method: 'POST', space: model.space, ...options })
      if (done !== undefined) model.notify(done)
      else model.notice = undefined
      return true
    } catch (error) {
      model.notify(messageOf(error), true)
      return false
    } finally {
      this.live.refresh()
    }
  }

  clock(action: string, by?: string): Promise<boolean> {
    return this.perform('clock', { method: 'PUT', body: { action, ...(by === undefined ? {} : { by }) } })
  }

  /** Copies a space under the first free name: `a-2`, `a-3`. */
  fork(name: string): Promise<boolean> {
    const taken = new Set(this.live.model.spaces.map(space => space.name))
    let number = 2
    while (taken.has(`${name}-${number}`)) number += 1
    const to = `${name}-${number}`
    return this.perform(
      `spaces/${name}/fork`,
      { space: undefined, body: { to } },
      `The space ${to} is a copy of ${name}.`
    )
  }

  clearRequests(): Promise<boolean> {
    return this.perform('requests', { method: 'DELETE' })
  }

  endSession(action: 'expire' | 'revoke', { space, product, login, token }: Session): Promise<boolean> {
    return this.perform(`sessions/${action}`, { space, body: { product, login, token } })
  }

  openSession(product: string, login: string): Promise<boolean> {
    return this.perform('sessions', { body: { product, login } }, `A session of ${product} is open for ${login}.`)
  }

  /** Copies the complete token to the clipboard. */
  async copyToken({ space, product, login, token }: Session): Promise<void> {
    const { model } = this.live
    try {
      const body = { product, login, token }
      const { sessions } = await callJson<{ sessions: Session[] }>('sessions/reveal', { method: 'POST', space, body })
      const [session, another] = sessions
      if (!session) return model.notify('This session is no longer open.', true)
      if (another) return model.notify('Several sessions have this short token.', true)
      await copy(session.token)
      model.notify('The token was copied.')
    } catch (error) {
      model.notify(messageOf(error), true)
    }
  }

  async copyText(text: string, what: string): Promise<void> {
    const { model } = this.live
    await copy(text).then(
      () => model.notify(`${what} was copied.`),
      () => model.notify('The browser denies access to the clipboard.', true)
    )
  }

  /** Opens a request. If its headers and bodies are no longer here, it is read again. */
  async openRequest(key: string): Promise<void> {
    const { model } = this.live
    model.update({ openedKey: key, problem: undefined })
    if (model.rows.detail(key)) return
    try {
      const row = await (model.run ? model.run.row(key) : this.#read(key))
      if (row) model.rows.keepDetail(row)
      model.update(
        row ? {} : { problem: `The ${model.run ? 'file does not contain it' : 'journal no longer contains it'}.` }
      )
    } catch (error) {
      model.update({ problem: messageOf(error) })
    }
  }

  /** The complete row; undefined if the server no longer has it. */
  async #read(key: string): Promise<Row | undefined> {
    const [space, number = ''] = key.split('#')
    const query = { number, limit: '1' }
    return (await callJson<{ requests: Row[] }>('requests', { space, query })).requests[0]
  }

  async loadShipped(): Promise<void> {
    const { model } = this.live
    if (model.shipped.length > 0) return
    const { scenarios } = await callJson<{ scenarios: ShippedScenario[] }>('scenarios')
    model.update({ shipped: scenarios })
  }

  /** Opens the editor with the scenario of the space, or with a shipped one. */
  async edit(name?: string): Promise<void> {
    const { model } = this.live
    try {
      this.editDraft(
        name === undefined
          ? await callText('scenario/text', { space: model.space })
          : await callText(`scenarios/${encodeURIComponent(name)}`)
      )
    } catch (error) {
      model.notify(messageOf(error), true)
    }
  }

  #cancelCheck = (): void => undefined

  /** Updates the edited text. After a pause in typing, the server checks it. */
  editDraft(draft: string): void {
    this.live.model.update({ draft, validation: undefined })
    this.#cancelCheck()
    this.#cancelCheck = after(checkDelay, () => void this.#check(draft))
  }

  async #check(draft: string): Promise<void> {
    const { model } = this.live
    try {
      const validation = await callJson<Validation>('scenario/validate', { method: 'POST', body: draft })
      if (draft === model.draft) model.update({ validation })
    } catch (error) {
      model.notify(messageOf(error), true)
    }
  }

  /** Applies the edited scenario, and closes the editor if the server accepted it. */
  async applyScenario(): Promise<void> {
    const { model } = this.live
    const { draft: body, keepsSessions } = model
    const query: Record<string, string> = keepsSessions ? { keep: 'sessions' } : {}
    if (await this.perform('scenario', { method: 'PUT', query, body }, 'The scenario is applied.'))
      model.update({ draft: undefined })
  }
}

/** Milliseconds without a key press before a check. */
const checkDelay = 250

/** Browsers have a clipboard only on this machine or over HTTPS. Elsewhere, a selection is copied. */
const copy = async (text: string): Promise<void> => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  if (!done) throw new Error('not copied')
}
