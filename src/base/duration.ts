import { isKeyOf } from './own-keys.js'

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** The format of a duration: `200ms`, `2s`, `1.5h`, `1h30m`. */
export const durationPattern = '^(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$'

const whole = new RegExp(durationPattern)
const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy

/** Milliseconds of `200ms`, `2s`, `30m`, `1h30m`, `7d`; undefined for an invalid text. */
export const parseDuration = (text: string): number | undefined => {
  if (!whole.test(text)) return undefined
  let total = 0
  for (const [, amount, unit = ''] of text.matchAll(part))
    total += Number(amount) * (isKeyOf(units, unit) ? units[unit] : 0)
  return Number.isFinite(total) ? total : undefined
}

/** Formats milliseconds: `90m` is `1h 30m`, `12_345` is `12.3s`. */
export const formatDuration = (ms: number): string => {
  if (!Number.isFinite(ms)) return 'unlimited'
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`
  if (Math.round(ms / 100) < 600) return `${Math.round(ms / 100) / 10}s`
  const parts: string[] = []
  let left = Math.round(ms / 1000) * 1000
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    const amount = Math.floor(left / units[unit])
    if (amount > 0) parts.push(`${amount}${unit}`)
    left -= amount * units[unit]
  }
  return parts.slice(0, 2).join(' ')
}

/** The largest time of a JavaScript Date, in Unix milliseconds. */
const maxTime = 8.64e15

/** ISO 8601, clamped to the range of Date; the Unix epoch for NaN. */
export const formatInstant = (ms: number): string =>
  new Date(Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, -maxTime), maxTime)).toISOString()
