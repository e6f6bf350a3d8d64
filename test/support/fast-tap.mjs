// Rebuilds tap without its TypeScript plugin, which an install may add again, and which costs every test file seconds.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const built = readFileSync(new URL(import.meta.resolve('@tapjs/test/test-built')), 'utf8')
if (built.includes('@tapjs/typescript')) execFileSync('npx', ['tap', 'build'], { stdio: 'inherit' })
