import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { generated } from './generated.js'

const made = await generated()
for (const { file, text } of made) await writeFile(file, text)
execFileSync('npx', ['biome', 'format', '--write', ...made.map(({ file }) => fileURLToPath(file))], { stdio: 'ignore' })
