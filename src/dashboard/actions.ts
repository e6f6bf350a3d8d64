import { type Ask, ask, askJson, askText, messageOf } from './api.js'
import type { Live } from './live.js'
import type { Row, Session, ShippedScenario, Validation } from './shapes.js'

/** What the page can have the server do; what went wrong is said to everyone. */
export class Actions {
  constructor(readonly live: Live) {}

  /** True where it was done. */
  async steer(path: string, asked: Ask, done?: string): Promise<boolean> {
    const { model } = this.live
    try {
      await ask(path, { method: 'POST', space: model.space, ...asked })
      if (done !== undefined) model.say(done)
      else model.notice = undefined
      return true
    } catch (error) {
      model.say(messageOf(error), true)
      return false
    } finally {
      this.live.refresh()
    }
  }

  clock(action: string, by?: string): Promise<boolean> {
    return this.steer('clock', { method: 'PUT', body: { action, ...(by === undefined ? {} : { by }) } })
  }

  /** Copies a space under the first free name that follows from its own: `a-2`, `a-3`. */
  fork(name: string): Promise<boolean> {
    const taken = new Set(this.live.model.spaces.map(space => space.name))
    let number = 2
    while (taken.has(`${name}-${number}`)) number += 1
    const to = `${name}-${number}`
    return this.steer(
      `spaces/${name}/fork`,
      { space: undefined, body: { to } },
      `The space ${to} is a copy of ${name}.`
    )
  }

  clearRequests(): Promise<boolean> {
    return this.steer('requests', { method: 'DELETE' })
  }

  endSession(how: 'expire' | 'revoke', { space, product, login, token }: Session): Promise<boolean> {
    return this.steer(`sessions/${how}`, { space, body: { product, login, token } })
  }

  openSession(product: string, login: string): Promise<boolean> {
    return this.steer('sessions', { body: { product, login } }, `A session of ${product} is open for ${login}.`)
  }

  /** Puts the whole token on the clipboard. */
  async copyToken({ space, product, login, token }: Session): Promise<void> {
    const { model } = this.live
    try {
      const body = { product, login, token }
      const { sessions } = await askJson<{ sessions: Session[] }>('sessions/reveal', { method: 'POST', space, body })
      const [session, another] = sessions
      if (!session) return model.say('This session is no longer open.', true)
      if (another) return model.say('Several sessions have this short token.', true)
      await copy(session.token)
      model.say('The token was copied.')
    } catch (error) {
      model.say(messageOf(error), true)
    }
  }

  async copyText(text: string, what: string): Promise<void> {
    const { model } = this.live
    await copy(text).then(
      () => model.say(`${what} was copied.`),
      () => model.say('The browser denies access to the clipboard.', true)
    )
  }

  /** Opens a request; one whose headers and bodies are here no more is read again. */
  async openRequest(key: string): Promise<void> {
    const { model } = this.live
    model.update({ openedKey: key, trouble: undefined })
    if (model.rows.detail(key)) return
    try {
      const row = await (model.run ? model.run.row(key) : this.#read(key))
      if (row) model.rows.keepDetail(row)
      model.update(
        row ? {} : { trouble: `The ${model.run ? 'file does not contain it' : 'journal no longer contains it'}.` }
      )
    } catch (error) {
      model.update({ trouble: messageOf(error) })
    }
  }

  /** The whole row; undefined where the server has it no more. */
  async #read(key: string): Promise<Row | undefined> {
    const [space, number = ''] = key.split('#')
    const query = { number, limit: '1' }
    return (await askJson<{ requests: Row[] }>('requests', { space, query })).requests[0]
  }

  async loadShipped(): Promise<void> {
    const { model } = this.live
    if (model.shipped.length > 0) return
    const { scenarios } = await askJson<{ scenarios: ShippedScenario[] }>('scenarios')
    model.update({ shipped: scenarios })
  }

  /** Begins to edit the scenario of the space, or a shipped one. */
  async edit(name?: string): Promise<void> {
    const { model } = this.live
    try {
      this.editDraft(
        name === undefined
          ? await askText('scenario/text', { space: model.space })
          : await askText(`scenarios/${encodeURIComponent(name)}`)
      )
    } catch (error) {
      model.say(messageOf(error), true)
    }
  }

  #checking: ReturnType<typeof setTimeout> | undefined

  /** Takes what was typed, and has the server check it when typing rests. */
  editDraft(draft: string): void {
    this.live.model.update({ draft, found: undefined })
    clearTimeout(this.#checking)
    this.#checking = setTimeout(() => void this.#check(draft), rest)
  }

  async #check(draft: string): Promise<void> {
    const { model } = this.live
    try {
      const found = await askJson<Validation>('scenario/validate', { method: 'POST', body: draft })
      if (draft === model.draft) model.update({ found })
    } catch (error) {
      model.say(messageOf(error), true)
    }
  }

  /** Ends the editing, where the server took the text. */
  async applyScenario(): Promise<void> {
    const { model } = this.live
    const { draft: body, keeps } = model
    const query: Record<string, string> = keeps ? { keep: 'sessions' } : {}
    if (await this.steer('scenario', { method: 'PUT', query, body }, 'The scenario is applied.'))
      model.update({ draft: undefined })
  }
}

/** Milliseconds without a key after which what was typed is checked. */
const rest = 250

/** Browsers have a clipboard for pages only at this machine or over HTTPS; elsewhere a selection is copied. */
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
