import type { SourceFile } from './imports.js'
import { roomOf, rooms, roots } from './rooms.js'

/** The violations of the order of imports, one line each. */
export const faultsOf = (files: readonly SourceFile[], products: readonly string[]): string[] => [
  ...files.flatMap(misplaced),
  ...circles(files),
  ...unused(files),
  ...files.filter(({ path }) => path.startsWith('src/')).flatMap(file => productNames(file, products))
]

/** Imports against the order of the rooms. */
const misplaced = ({ path, imports }: SourceFile): string[] => {
  const room = roomOf(path)
  if (!room) return [`${path} is in none of the folders of scripts/rooms.ts`]
  return imports.flatMap(target => {
    const other = roomOf(target)
    if (other === undefined || other === room) return []
    if (rooms.indexOf(other) > rooms.indexOf(room))
      return [`${path} imports ${target}: ${room} is below ${other} and must not import it`]
    const isRoute = other.startsWith('routes') && !room.startsWith('routes')
    return isRoute && !roots.includes(path) ? [`${path} imports ${target}: only ${roots.join(' and ')} may`] : []
  })
}

/** Each circle of files that load each other, once. Types may refer to each other. */
const circles = (files: readonly SourceFile[]): string[] => {
  const byPath = new Map(files.map(file => [file.path, file]))
  const done = new Set<string>()
  const found: string[] = []
  const walk = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path)
    if (start >= 0) return void found.push(`a circle of imports: ${[...way.slice(start), path].join(' -> ')}`)
    if (done.has(path)) return
    for (const target of byPath.get(path)?.loads ?? []) walk(target, [...way, path])
    done.add(path)
  }
  for (const { path } of files) walk(path, [])
  return found
}

const entries = ['src/main.ts', 'src/index.ts', 'src/dashboard/main.tsx']

/** Files that nothing of what ships imports: tests would try code that no user runs. */
const unused = (files: readonly SourceFile[]): string[] => {
  const byPath = new Map(files.map(file => [file.path, file]))
  const used = new Set(entries.filter(path => byPath.has(path)))
  if (used.size === 0) return []
  for (const path of used) for (const target of byPath.get(path)?.imports ?? []) used.add(target)
  return [...byPath.keys()]
    .filter(path => !used.has(path) && !path.endsWith('.d.ts'))
    .map(path => `${path} is imported by nothing that ships: import it or delete it`)
}

/** Generated from the products by `npm run generate`. */
const generated = 'src/client/names.ts'

/** Names and texts that are the name of a product, or begin with it and a dot. Examples in longer texts are allowed. */
const productNames = ({ path, words }: SourceFile, products: readonly string[]): string[] =>
  (path === generated ? [] : words)
    .filter(({ text }) => products.some(name => text.toLowerCase() === name || text.startsWith(`${name}.`)))
    .map(({ text, line }) => `${path}:${line} contains a product's name, ${JSON.stringify(text)}`)
