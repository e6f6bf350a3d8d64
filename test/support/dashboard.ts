import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'

const executablePath = '/usr/bin/chromium'
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const root = new URL('../../', import.meta.url)

/** Why the tests of the dashboard are skipped; false where they are not. */
export const skip = existsSync(executablePath) ? false : `there is no ${executablePath}`

/** The built command on a free port, unless another is named, until the test is over or it is stopped. */
export const startServer = async (t: Test, ...argv: string[]) => {
  const main = new URL('dist/main.js', root).pathname
  const words = argv.includes('--port') || argv[0] === 'show' ? argv : ['--port', '0', ...argv]
  const server = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = () => end(server)
  t.teardown(stop)
  let banner = ''
  for await (const line of createInterface(server.stdout)) {
    banner += `${line}\n`
    const [, url] = /listening on (http:\S+)$/.exec(line) ?? []
    if (url === undefined) continue
    server.stdout.resume()
    return { url, stop, banner }
  }
  throw new Error('the server did not say that it is ready')
}

const end = async (server: ChildProcess): Promise<void> => {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill()
  await once(server, 'exit')
}

export const serving = async (t: Test, ...argv: string[]): Promise<string> => (await startServer(t, ...argv)).url

let browser: Browser | undefined
t.teardown(() => browser?.close())

export interface VisitOptions extends BrowserContextOptions {
  /** Below the address; the dashboard where it is left out. */
  readonly path?: string
}

/** A page of a browser of its own; whatever it throws or its policy refuses fails the test. */
export const visit = async (
  t: Test,
  url: string,
  { path = '/__admin/', ...options }: VisitOptions = {}
): Promise<Page> => {
  browser ??= await chromium.launch({ executablePath, args: flags })
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  watch(t, page)
  await page.goto(`${url}${path}`)
  return page
}

/** Another tab of the same browser. */
export const secondTab = async (t: Test, page: Page): Promise<Page> => {
  const other = await page.context().newPage()
  watch(t, other)
  await other.goto(page.url())
  return other
}

const watch = (t: Test, page: Page): void => {
  page.on('pageerror', error => t.fail(error.message))
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) t.fail(message.text())
  })
}

/** Logs in at CBRAIN; the token, or nothing where it is refused. */
export const logIn = async (url: string, login = 'demo', password = 'demo', headers = {}): Promise<string> => {
  const body = new URLSearchParams({ login, password })
  const text = await (await fetch(`${url}/session`, { method: 'POST', body, headers })).text()
  return /"cbrain_api_token":"(\w+)"/.exec(text)?.[1] ?? ''
}

export const use = async (url: string, token: string): Promise<void> => {
  const response = await fetch(`${url}/session`, { headers: { authorization: `Bearer ${token}` } })
  await response.text()
}

/** Asks the control API. */
export const control = async (url: string, method: string, path: string, body?: unknown): Promise<void> => {
  const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
  const response = await fetch(`${url}/__admin/${path}`, { method, ...sent })
  if (!response.ok) throw new Error(await response.text())
}

/** Drops a file on the page. */
export const drop = async (page: Page, name: string, content: string): Promise<void> => {
  const file = [[content], name].map(part => JSON.stringify(part)).join()
  const data = await page.evaluateHandle(
    `(transfer => (transfer.items.add(new File(${file})), transfer))(new DataTransfer())`
  )
  for (const event of ['dragover', 'drop']) await page.dispatchEvent('.app', event, { dataTransfer: data })
}
