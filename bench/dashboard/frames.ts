import type { Page } from 'playwright-core'

/** Milliseconds between the frames of a page. */
export interface Frames {
  readonly count: number
  readonly median: number
  readonly p95: number
  readonly longest: number
}

/** The times between the frames of the page while that runs. */
export const frames = async (page: Page, run: () => Promise<unknown>): Promise<Frames> => {
  await page.evaluate(begin)
  await run()
  const gaps = ((await page.evaluate(finish)) as number[]).sort((a, b) => a - b)
  const at = (part: number): number => gaps[Math.min(gaps.length - 1, Math.floor(part * gaps.length))] ?? 0
  return { count: gaps.length, median: at(0.5), p95: at(0.95), longest: at(1) }
}

/** Runs in the browser, and so is text: nothing that a compiler adds is there. */
const begin = `{
  const gaps = (globalThis.gaps = [])
  let last = performance.now()
  const onFrame = now => {
    gaps.push(now - last)
    last = now
    if (globalThis.gaps === gaps) requestAnimationFrame(onFrame)
  }
  requestAnimationFrame(onFrame)
}`

const finish = `{
  const { gaps } = globalThis
  globalThis.gaps = undefined
  gaps
}`
