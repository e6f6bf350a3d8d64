/** `POST /sessions/expire` is `postSessionsExpire`. */
export const operationId = (method: string, path: string): string =>
  `${method.toLowerCase()}${path
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`

export type OpenapiRow = readonly [path: string, method: string, operation: object]

/** The operations of each path, by their methods. */
export const grouped = (rows: readonly OpenapiRow[]): Record<string, Record<string, object>> => {
  const paths: Record<string, Record<string, object>> = {}
  for (const [path, method, operation] of rows) paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  return paths
}
