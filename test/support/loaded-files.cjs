// Preloaded into processes of the shipped command: records which files of the package they have loaded, unpacked or installed, for test/run.ts.
const { mkdirSync, writeFileSync } = require('node:fs')
const { basename, join } = require('node:path')

const folder = join(__dirname, '../../.tap/loaded')
process.on('exit', () => {
  const files = Object.keys(require.cache).filter(file => /[\\/](?:package|session-mock)[\\/]dist[\\/]/.test(file))
  if (files.length === 0) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${process.pid}-${process.hrtime.bigint()}`), files.map(file => basename(file)).join('\n'))
})
