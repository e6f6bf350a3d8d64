import { existsSync } from 'node:fs'
import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { sessionMock } from '../contenders/index.js'
import { runningNode } from '../nodes.js'
import { end } from '../process.js'
import { ask } from '../request.js'
import { serve } from '../server.js'
import { logIn, sessionCallByQuery } from '../session.js'
import { type Frames, frames } from './frames.js'

const executablePath = '/usr/bin/chromium'
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']

/** Rows of the journal when the page is opened. */
const rows = 10_000

/** Requests of each second while the frames are measured, and how many seconds that takes. */
const rate = 500
const seconds = 10

/** Milliseconds that a frame may take, and bytes that the compressed files of the page may have. */
const mostOfFrame = 50
const mostOfPage = 61_440

interface Measured {
  readonly bytes: number
  readonly loadedAfter: number
  readonly quiet: Frames
  readonly busy: Frames
  readonly sent: number
  readonly heapBefore: number
  readonly heapAfter: number
}

/** The dashboard in a browser, with a full journal and much traffic: a line for each number. `app` is the built command. */
export const dashboard = async (app: string): Promise<readonly string[]> => {
  if (!existsSync(executablePath)) return [`skipped: there is no ${executablePath}`]
  const server = await serve(sessionMock(app), runningNode, app)
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  const browser = await chromium.launch({ executablePath, args })
  try {
    const use = sessionCallByQuery(await logIn(server.port))
    const send = () => ask(server.port, use, agent)
    await fill(send)
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    return described(await measured(page, `http://127.0.0.1:${server.port}/__admin/`, send))
  } finally {
    await browser.close()
    agent.destroy()
    await end(server.child)
  }
}

const fill = async (send: () => Promise<unknown>): Promise<void> => {
  const batch = 100
  for (let count = 0; count < rows; count += batch) await Promise.all(Array.from({ length: batch }, send))
}

const measured = async (page: Page, url: string, send: () => Promise<unknown>): Promise<Measured> => {
  const files: Promise<number>[] = []
  page.on('response', response => {
    if (isFile(response.url())) files.push(response.body().then(body => gzipSync(body, { level: 9 }).length))
  })
  const begun = performance.now()
  await page.goto(url)
  await page.locator('.line').first().waitFor()
  const loadedAfter = performance.now() - begun
  const quiet = await frames(page, () => pause(2000))
  const session = await page.context().newCDPSession(page)
  const heapBefore = await heapOf(session)
  let sent = 0
  const busy = await frames(page, async () => {
    sent = await traffic(send)
  })
  const bytes = (await Promise.all(files)).reduce((sum, length) => sum + length, 0)
  return { bytes, loadedAfter, quiet, busy, sent, heapBefore, heapAfter: await heapOf(session) }
}

const isFile = (url: string): boolean => /\/__admin\/(?:dashboard\/[^?]*)?(?:\?.*)?$/.test(url)

/** Sends requests at the rate, in steps of 20 ms. Gives how many were answered. */
const traffic = async (send: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now()
  const sending: Promise<unknown>[] = []
  for (let spent = 0; spent < seconds * 1000; spent = performance.now() - begun) {
    while (sending.length < (spent * rate) / 1000) sending.push(send())
    await pause(20)
  }
  return (await Promise.all(sending)).length
}

const heapOf = async (session: CDPSession): Promise<number> => {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

const described = ({ bytes, loadedAfter, quiet, busy, sent, heapBefore, heapAfter }: Measured): string[] => [
  line(bytes <= mostOfPage, `files of the page: ${bytes} bytes compressed (target at most ${mostOfPage})`),
  `rows shown ${Math.round(loadedAfter)} ms after the navigation, with ${rows} rows in the journal`,
  `frames without traffic: ${shown(quiet)}`,
  line(
    busy.p95 <= mostOfFrame,
    `frames at ${rate} requests/s: ${shown(busy)} (target at most ${mostOfFrame} ms at p95)`
  ),
  `${sent} requests in ${seconds} s`,
  `heap of the page: ${mebibytes(heapBefore)} MiB before, ${mebibytes(heapAfter)} MiB after`
]

const line = (isMet: boolean, text: string): string => `${isMet ? 'ok' : 'not ok'} - ${text}`

const shown = ({ median, p95, longest, count }: Frames): string =>
  `median ${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, longest ${longest.toFixed(1)} ms of ${count}`

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1)
