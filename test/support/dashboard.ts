import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { products } from '../../routes/index.js'
import { startCommand } from './command.js'
import { shippedFolder } from './shipped.js'

const executablePath = '/usr/bin/chromium'
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** The reason to skip the tests of the dashboard, or false. */
export const skip = existsSync(executablePath) ? false : `there is no ${executablePath}`

/** Milliseconds of a wait that ends only a hang: its message tells what was awaited. */
const patience = 180_000

/** Options of a test in a browser. Its waits end it, not the limit of the runner. */
export const inBrowser = { skip, timeout: 10 * patience }

/** The command with the page of the package, serving in this process on a free port, unless another is named, until the test is over or it is stopped. */
export const startServer = async (t: Test, ...argv: string[]) => {
  const words = argv.includes('--port') || argv[0] === 'show' ? argv : ['--port', '0', ...argv]
  const dashboard = `${await shippedFolder()}/dist/dashboard/`
  const { url, stop, out, err } = await startCommand(t, words, { dashboard, products })
  if (url === '') throw new Error(`the server did not say that it is ready: ${err()}`)
  return { url, stop, banner: out() }
}

export const serving = async (t: Test, ...argv: string[]): Promise<string> => (await startServer(t, ...argv)).url

let browser: Promise<Browser> | undefined
let usual: Promise<BrowserContext> | undefined
t.teardown(async () => (await browser)?.close())

const contextWith = async (options: BrowserContextOptions): Promise<BrowserContext> => {
  browser ??= chromium.launch({ executablePath, args: flags })
  return (await browser).newContext({
    viewport: { width: 1400, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options
  })
}

/**
 * A new context for special options, until the end of the test. Without options, tests share a context: a new one takes as long
 * as a test, and each test has its own origin.
 */
const contextFor = async (t: Test, options: BrowserContextOptions): Promise<BrowserContext> => {
  if (Object.keys(options).length === 0) {
    usual ??= contextWith({})
    return usual
  }
  const context = await contextWith(options)
  t.teardown(() => context.close())
  return context
}

export interface VisitOptions extends BrowserContextOptions {
  /** Path below the address; default the dashboard. */
  readonly path?: string
}

/** A page in a new tab; whatever it throws or its policy refuses fails the test. */
export const visit = async (
  t: Test,
  url: string,
  { path = '/__admin/', ...options }: VisitOptions = {}
): Promise<Page> => openTab(t, await contextFor(t, options), `${url}${path}`)

/** Another tab of the same browser. */
export const secondTab = (t: Test, page: Page): Promise<Page> => openTab(t, page.context(), page.url())

const openTab = async (t: Test, context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  t.teardown(() => page.close())
  watch(t, page)
  await page.goto(url)
  return page
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

/** Sends many requests, some at once. */
export const times = async (count: number, send: () => Promise<unknown>): Promise<void> => {
  for (let sent = 0; sent < count; sent += 20)
    await Promise.all(Array.from({ length: Math.min(20, count - sent) }, send))
}

/** Drops a file on the page. */
export const drop = async (page: Page, name: string, content: string): Promise<void> => {
  const file = [[content], name].map(part => JSON.stringify(part)).join()
  const data = await page.evaluateHandle(
    `(transfer => (transfer.items.add(new File(${file})), transfer))(new DataTransfer())`
  )
  for (const event of ['dragover', 'drop']) await page.dispatchEvent('.app', event, { dataTransfer: data })
}

/** The name of the element with the focus. */
export const focusedName = async (page: Page) =>
  String(
    await page.evaluate(
      `(e => e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent)(document.activeElement)`
    )
  )

/** Presses a key until the element with this name has the focus. Returns the number of presses. */
export const pressTo = async (page: Page, key: string, name: RegExp, most = 40): Promise<number> => {
  const seen: string[] = []
  for (let presses = 1; presses <= most; presses += 1) {
    await page.keyboard.press(key)
    seen.push(await focusedName(page))
    if (name.test(seen.at(-1) ?? '')) return presses
  }
  throw new Error(`${key} does not lead to ${name}: ${seen.join(', ')}`)
}

/** The page is in the background, or comes back from it. */
export const hide = (page: Page, isHidden: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })
     document.dispatchEvent(new Event('visibilitychange'))`
  )

/** Whether the page scrolls sideways. */
export const isWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth')

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds. */
export const findings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`)
}
