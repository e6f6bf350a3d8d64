// Rebuilds tap without its TypeScript plugin, which would cost every test file seconds, where an install has brought it back.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const built = readFileSync(new URL(import.meta.resolve('@tapjs/test/test-built')), 'utf8')
if (built.includes('@tapjs/typescript')) execFileSync('npx', ['tap', 'build'], { stdio: 'inherit' })
