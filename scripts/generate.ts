import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { generated } from './generated.js'

const made = await generated()
for (const { file, text } of made) await writeFile(file, text)
const biome = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url))
const files = made.map(({ file }) => fileURLToPath(file))
execFileSync(process.execPath, [biome, 'format', '--write', ...files], { stdio: 'ignore' })
