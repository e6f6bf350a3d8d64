/** `29m 50s`, `1d 2h`, `0.4s`: two parts at most. */
export const duration = (ms: number): string => {
  if (ms < 0) return `-${duration(-ms)}`
  if (ms < 1000) return `${Math.round(ms)}ms`
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`
  const parts = units.flatMap(([unit, size], index) => {
    const count = Math.floor((index === 0 ? ms : ms % (units[index - 1]?.[1] ?? 1)) / size)
    return count === 0 ? [] : [`${count}${unit}`]
  })
  return parts.slice(0, 2).join(' ')
}

const units: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000]
]

/** `14:03:07.120` in UTC, as the times of the server. */
export const timeOfDay = (ms: number): string => textOf(ms).slice(11, 23)

/** `2026-11-25 14:03:07` in UTC. */
export const dateTime = (ms: number): string => textOf(ms).slice(0, 19).replace('T', ' ')

const textOf = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : '')

/** Invisible characters, and those that change the direction of text, are replaced by their code point. */
export const visible = (text: string): string =>
  text.replace(/[^\P{C}\t\n\r]/gu, char => `⟨U+${char.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}⟩`)

export const bytes = (count: number): string => {
  if (count < 1024) return `${count} B`
  return count < 1_048_576 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1_048_576).toFixed(1)} MB`
}

export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
