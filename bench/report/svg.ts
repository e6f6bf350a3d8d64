import { median, readable } from '../numbers.js'
import type { Results, Setting } from '../results.js'

interface Bar {
  readonly name: string
  readonly value: number
}

/** Throughput and time to the first response, as bars. Its colours can be read on light and on dark. */
export const svg = (results: Results, setting: Setting): string => {
  const panels = [
    panel('Session calls a second, 32 connections (more is better)', calls(results).sort(most)),
    panel('Milliseconds to the first response (less is better)', firstAnswers(results).sort(least))
  ].filter(({ height }) => height > 0)
  const height = panels.reduce((sum, each) => sum + each.height, 0) + foot
  const places = panels.map((_, index) => panels.slice(0, index).reduce((sum, each) => sum + each.height, 0))
  const drawn = panels.map(({ text }, index) => `<g transform="translate(0 ${places[index]})">${text}</g>`)
  const words = `Node.js ${setting.node}, ${setting.load}, ${setting.machine[1]}, ${setting.date}. Medians.`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" \
aria-label="Throughput and time to the first response of each server" font-family="system-ui, sans-serif" font-size="13" fill="${ink}">
${drawn.join('\n')}
<text x="${margin}" y="${height - 12}" font-size="11">${escaped(words)}</text>
</svg>
`
}

const width = 760
const margin = 16
const labels = 180
const numbers = 80
const barHeight = 18
const step = 26
const head = 44
const foot = 32
const ink = '#6e7781'
const ours = '#d9730d'
const others = '#4a8fd6'

const most = (one: Bar, other: Bar) => other.value - one.value
const least = (one: Bar, other: Bar) => one.value - other.value

const calls = ({ throughput }: Results): Bar[] => {
  const rows = throughput.find(({ connections }) => connections === 32)?.rows ?? new Map()
  return [...rows].map(([name, samples]) => ({ name, value: median(samples.map(perSecond)) }))
}

const perSecond = ({ perSecond }: { readonly perSecond: number }) => perSecond

const firstAnswers = ({ ready }: Results): Bar[] => {
  const rows = (ready.find(({ asTheImage }) => asTheImage) ?? ready[0])?.rows ?? new Map()
  return [...rows].map(([name, took]) => ({ name, value: median(took) }))
}

const panel = (title: string, bars: readonly Bar[]) => {
  if (bars.length === 0) return { height: 0, text: '' }
  const longest = Math.max(...bars.map(({ value }) => value))
  const heading = `<text x="${margin}" y="28" font-size="15" font-weight="600">${escaped(title)}</text>`
  const drawn = bars.map((each, index) => bar(each, longest, head + index * step))
  return { height: head + bars.length * step + 8, text: [heading, ...drawn].join('\n') }
}

const bar = ({ name, value }: Bar, longest: number, y: number) => {
  const length = Math.max(1, (value / longest) * (width - labels - numbers - margin))
  const isOurs = name === 'session-mock'
  const middle = y + barHeight / 2 + 4.5
  return `<text x="${labels - 10}" y="${middle}" text-anchor="end"${isOurs ? ' font-weight="600"' : ''}>${escaped(name)}</text>\
<rect x="${labels}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="3" fill="${isOurs ? ours : others}"/>\
<text x="${(labels + length + 8).toFixed(1)}" y="${middle}">${readable(value)}</text>`
}

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
