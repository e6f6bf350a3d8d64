// The types of the library in one file. TypeScript 7 compiles and checks them, as it needs a quarter of the time; the bundler needs
// the API of TypeScript 6.
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { promisify } from 'node:util'

const folder = '.tap/types'

export const libraryTypes = async () => {
  await rm(folder, { recursive: true, force: true })
  await promisify(execFile)(process.execPath, ['node_modules/typescript-7/bin/tsc', '-p', 'scripts/build'])
  const { generateDtsBundle } = await import('dts-bundle-generator')
  const output = { noBanner: true, exportReferencedTypes: false }
  const entry = { filePath: `${folder}/src/index.d.ts`, output }
  const [types] = generateDtsBundle([entry], { preferredConfigPath: 'tsconfig.json' })
  // For `await using`, whatever the `lib` of the compiling project is.
  return `/// <reference lib="esnext.disposable" preserve="true" />\n${types}`
}
