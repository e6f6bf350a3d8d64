import { execFile, spawn } from 'node:child_process'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

// The package as users get it: packed into a tarball, and unpacked. `npm test` packs it once (PACKED_PACKAGE=1); a test file that
// is run alone packs the sources as they are.

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = `${root}.tap/packed`

let packing: Promise<void> | undefined
const packed = (): Promise<void> => {
  packing ??= process.env.PACKED_PACKAGE === '1' ? Promise.resolve() : pack()
  return packing
}

/** Builds the package, and packs and unpacks it. */
export const pack = async (): Promise<void> => {
  await run(process.execPath, ['build.mjs'], { cwd: root })
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await run('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  await run('tar', ['-xzf', await tarball()], { cwd: folder })
}

const tarball = async (): Promise<string> => {
  const name = (await readdir(folder)).find(each => each.endsWith('.tgz'))
  if (name === undefined) throw new Error(`there is no tarball in ${folder}`)
  return `${folder}/${name}`
}

/** The path of the tarball. */
export const shippedTarball = async (): Promise<string> => {
  await packed()
  return tarball()
}

/** The folder of the unpacked package. */
export const shippedFolder = async (): Promise<string> => {
  await packed()
  return `${folder}/package`
}

/** The path of the command in the unpacked package. */
export const shippedCommand = async (): Promise<string> => `${await shippedFolder()}/dist/main.js`

/** The library of the unpacked package. */
export const shippedLibrary = async (): Promise<typeof import('../../src/index.js')> =>
  import(pathToFileURL(`${await shippedFolder()}/dist/index.mjs`).href)

/** Runs the command of the package in a process of its own. A server is stopped as soon as it is ready. */
export const runShipped = async (
  argv: readonly string[],
  { env = {} }: { readonly env?: NodeJS.ProcessEnv } = {}
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> => {
  const child = spawn(process.execPath, [await shippedCommand(), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env }
  })
  const said = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text
    if (/^Ready\. session-mock /m.test(said.out)) child.kill('SIGTERM')
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text
  })
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  return { code, ...said }
}
