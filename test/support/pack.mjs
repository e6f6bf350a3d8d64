// Packs the build, and unpacks the package for tests: .tap/packed/package.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'

const packed = '.tap/packed'
for (const folder of [packed, '.tap/loaded']) rmSync(folder, { recursive: true, force: true })
mkdirSync(packed, { recursive: true })
execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', packed], { stdio: 'ignore' })
for (const file of readdirSync(packed)) execFileSync('tar', ['-xzf', file], { cwd: packed })
