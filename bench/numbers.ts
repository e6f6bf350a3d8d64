/** The middle of some numbers. NaN where there are none. */
export const median = (numbers: readonly number[]): number => {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** A number as people read it: 12,345 and 123 and 12.3 and 1.23 and 0.012. */
export const readable = (number: number): string => {
  const size = Math.abs(number)
  if (size >= 100) return Math.round(number).toLocaleString('en-US')
  if (size >= 10) return number.toFixed(1)
  return number.toFixed(size >= 0.1 || size === 0 ? 2 : 3)
}

/** The median, and from where to where the numbers go. */
export const spread = (numbers: readonly number[]): string => {
  if (numbers.length === 0) return '–'
  return `${readable(median(numbers))} (${readable(Math.min(...numbers))}–${readable(Math.max(...numbers))})`
}
