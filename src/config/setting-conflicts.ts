import { flagOf, type Settings } from './settings.js'

/** Settings that are valid one by one, but not together: a line for each conflict. */
export const conflictsOf = (settings: Settings): string[] => {
  const ports = new Map([[settings.port, `all products (${flagOf('port')})`]])
  return [...listenConflicts(settings, ports), ...watchConflicts(settings), ...adminPortConflicts(settings, ports)]
}

/** Adds the ports of the products to the ports in use. */
const listenConflicts = ({ listen, products }: Settings, ports: Map<number, string>): string[] =>
  listen.flatMap(listener => {
    const { name } = listener.product
    if (products && !products.includes(listener.product))
      return [`${flagOf('listen')}: ${name} is not one of the ${flagOf('products')}`]
    const other = listener.port === 0 ? undefined : ports.get(listener.port)
    ports.set(listener.port, name)
    return other === undefined
      ? []
      : [`${flagOf('listen')}: port ${listener.port} is given twice, to ${other} and to ${name}`]
  })

const watchConflicts = ({ watch, store }: Settings): string[] =>
  watch && store
    ? [`${flagOf('watch')}: not with ${flagOf('store')}; replace the scenario by the control API, for all replicas`]
    : []

const adminPortConflicts = ({ adminPort }: Settings, ports: ReadonlyMap<number, string>): string[] => {
  const other = adminPort === undefined || adminPort === 0 ? undefined : ports.get(adminPort)
  return other === undefined ? [] : [`${flagOf('adminPort')}: port ${adminPort} is given to ${other} already`]
}
