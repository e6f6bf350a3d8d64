import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { printed } from '../process.js'
import { stub } from '../session.js'
import type { Contender } from './contender.js'
import { folderOf, versionOf } from './installed.js'

const serving = (name: string, ...settings: readonly string[]): Contender => ({
  name,
  // Java compiles what is used much, and takes its time for it.
  warmUps: 4,
  version: async () => `${await versionOf('wiremock')} on ${await java()}`,
  command: async ({ port, folder }) => {
    await mkdir(join(folder, 'mappings'), { recursive: true })
    await writeFile(join(folder, 'mappings/session.json'), JSON.stringify({ mappings }))
    const own = ['--port', String(port), '--bind-address', '127.0.0.1', '--root-dir', folder, '--disable-banner']
    return { program: 'java', args: ['-jar', await jar(), ...own, ...settings] }
  }
})

const answering = (method: string, response: object) => ({ request: { method, urlPath: '/session' }, response })

const session = { status: 200, headers: { 'Content-Type': stub.type }, body: stub.body }
const mappings = [answering('GET', session), answering('POST', session), answering('DELETE', { status: 200 })]

export const wireMock = serving('WireMock')
export const wireMockWithoutJournal = serving('WireMock, no journal', '--no-request-journal')

const jar = async () => {
  const folder = join(folderOf('wiremock'), 'build')
  const file = (await readdir(folder)).find(each => each.endsWith('.jar'))
  if (!file) throw new Error('the package wiremock has no jar')
  return join(folder, file)
}

const java = async () => {
  const words = await printed({ program: 'java', args: ['--version'] }, 10_000).catch(() => {
    throw new Error('there is no Java')
  })
  return `Java ${/^\S+ (\S+)/.exec(words)?.[1] ?? 'of some version'}`
}
