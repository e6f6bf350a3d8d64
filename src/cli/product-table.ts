import type { Operation, Product } from '../product/product.js'

/** A table of products, operations, methods and paths: one line per path, with optional endings in brackets. */
export const productTable = (products: readonly Product[]): string => {
  const rows = products.flatMap(({ name, operations }) =>
    operations.flatMap(operation => linesOf(operation).map(line => [name, operation.name, ...line]))
  )
  return columns([['PRODUCT', 'OPERATION', 'METHODS', 'PATH'], ...rows])
}

/** The same as JSON: products with their operations and routes. */
export const productsAsJson = (products: readonly Product[]): string => {
  const rows = products.map(({ name, title, base, operations }) => ({
    name,
    title,
    base,
    operations: operations.map(({ name, summary, routes }) => ({
      name,
      summary,
      routes: routes.map(([method, path]) => ({ method, path }))
    }))
  }))
  return `${JSON.stringify({ products: rows }, undefined, 2)}\n`
}

/** The methods and path of each route of an operation. */
const linesOf = ({ routes }: Operation): string[][] => {
  const paths = [...new Set(routes.map(([, path]) => path))]
  const bare = (path: string) => path.replace(/\.[a-z]+$/, '')
  return paths
    .filter(path => bare(path) === path || !paths.includes(bare(path)))
    .map(path => {
      const methods = routes.filter(route => route[1] === path).map(([method]) => method)
      const endings = paths
        .filter(other => other !== path && bare(other) === path)
        .map(other => other.slice(path.length))
      return [methods.join(', '), endings.length === 0 ? path : `${path}[${endings.join('|')}]`]
    })
}

const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map(row => `${line(row).trimEnd()}\n`).join('')
}
