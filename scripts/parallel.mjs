// Runs shell commands at the same time, prints what each wrote when it has ended, and fails where one fails:
// node scripts/parallel.mjs "biome check" "node build.mjs"
import { exec } from 'node:child_process'

const run = command =>
  new Promise(resolve => {
    exec(command, { maxBuffer: Number.POSITIVE_INFINITY }, (error, stdout, stderr) => {
      process.stdout.write(stdout)
      process.stderr.write(stderr)
      if (error) process.stderr.write(`failed: ${command}\n`)
      resolve(!error)
    })
  })

const passed = await Promise.all(process.argv.slice(2).map(run))
process.exitCode = passed.every(Boolean) ? 0 : 1
