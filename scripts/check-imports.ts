// Checks the imports of code and stylesheets: no circles, none against the order of the rooms, and no product name in src/.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { products } from '../routes/index.js'
import { faultsOf } from './architecture.js'
import { readSource } from './imports.js'
import { rooms } from './rooms.js'

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.(?:tsx?|css)$/.test(file))
    .map(file => join(folder, file))
    .sort()

const faults = [
  ...faultsOf(
    [...filesOf('src'), ...filesOf('routes')].map(readSource),
    products.map(({ name }) => name)
  ),
  ...rooms
    .filter(room => room.startsWith('src/') && !room.endsWith('.ts') && !existsSync(join(room, 'README.md')))
    .map(room => `${room} has no README.md with its purpose`)
]
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
