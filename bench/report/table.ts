export type Row = readonly string[]

export const table = (head: Row, rows: readonly Row[]): string => {
  const line = (cells: Row) => `| ${cells.join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}
