import { type Ask, ask, askJson, askText, messageOf } from './api.js'
import type { Live } from './live.js'
import type { Row, Session, Validation } from './shapes.js'

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
      if (!session) return model.say('This session is open no more.', true)
      if (another) return model.say('Several sessions have this short token.', true)
      await copy(session.token)
      model.say('The token is on the clipboard.')
    } catch (error) {
      model.say(messageOf(error), true)
    }
  }

  async copyText(text: string, what: string): Promise<void> {
    const { model } = this.live
    await copy(text).then(
      () => model.say(`${what} is on the clipboard.`),
      () => model.say('The browser does not let this page write to the clipboard.', true)
    )
  }

  /** The whole row; undefined where the server has it no more. */
  async detail(space: string, number: number): Promise<Row | undefined> {
    const query = { number: String(number), limit: '1' }
    return (await askJson<{ requests: Row[] }>('requests', { space, query })).requests[0]
  }

  shippedScenarios(): Promise<{ readonly scenarios: readonly { readonly name: string; readonly title: string }[] }> {
    return askJson('scenarios')
  }

  scenarioText(name?: string): Promise<string> {
    return name === undefined
      ? askText('scenario/text', { space: this.live.model.space })
      : askText(`scenarios/${encodeURIComponent(name)}`)
  }

  validate(text: string): Promise<Validation> {
    return askJson('scenario/validate', { method: 'POST', body: text })
  }

  applyScenario(text: string, keepsSessions: boolean): Promise<boolean> {
    const query: Record<string, string> = keepsSessions ? { keep: 'sessions' } : {}
    return this.steer('scenario', { method: 'PUT', query, body: text }, 'The scenario is applied.')
  }
}

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
