import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Answer, type Call, stub } from './calls.js'
import { bench, type Contender, folderOf, printed, root, versionIn, versionOf } from './processes.js'

/** The built command in the folder `app`, with the default settings apart from the log. */
export const sessionMock = (app: string, ...settings: readonly string[]): Contender => ({
  name: 'session-mock',
  version: () => versionIn(root),
  command: async ({ node, port }) => ({
    program: node.program,
    args: [join(app, 'dist/main.js'), '--port', String(port), '--log-level', 'silent', ...settings]
  })
})

/** session-mock as the image runs it: keep it the same as the build stage, the ENV and the ENTRYPOINT of the Dockerfile. */
export const asTheImage = (app: string): Contender => ({
  ...sessionMock(app),
  command: async ({ node, port }) => ({
    program: node.program,
    args: [join(app, 'dist/main.js'), '--port', String(port)],
    env: { SESSION_MOCK_HOST: '0.0.0.0', NODE_COMPILE_CACHE: join(app, 'dist/compile-cache') },
    folder: app
  })
})

const bareServer = (name: string, file: string, version: Contender['version']): Contender => ({
  name,
  version,
  command: async ({ node, port }) => ({
    program: node.program,
    args: [join(bench, 'servers', file), String(port), stub.body, stub.type]
  })
})

export const bareHttp = bareServer('node:http', 'bare-http.mjs', async node => `that of Node.js ${node.version}`)
export const bareFastify = bareServer('Fastify', 'bare-fastify.mjs', () =>
  versionIn(join(root, 'node_modules/fastify'))
)

/** Bare Fastify with the response of session-mock to a call: the same parsers, headers and bytes. */
export const bareAnswer = (call: Call, { status, headers, body }: Answer): Contender => ({
  ...bareFastify,
  ready: call,
  command: async ({ node, port, folder }) => {
    const file = join(folder, 'answer.json')
    const own = headers.filter(([name]) => !/^(?:date|content-length|connection|keep-alive)$/i.test(name))
    const answer = {
      method: call.method,
      path: call.path.split('?')[0],
      status,
      headers: Object.fromEntries(own),
      body
    }
    await writeFile(file, JSON.stringify(answer))
    return { program: node.program, args: [join(bench, 'servers/bare-answer.mjs'), file, String(port)] }
  }
})

const wireMockWith = (name: string, ...settings: readonly string[]): Contender => ({
  name,
  // Java compiles code that is executed often.
  warmUps: 4,
  version: async () => `${await versionOf('wiremock')} on ${await java()}`,
  command: async ({ port, folder }) => {
    await mkdir(join(folder, 'mappings'), { recursive: true })
    await writeFile(join(folder, 'mappings/session.json'), JSON.stringify({ mappings }))
    const own = ['--port', String(port), '--bind-address', '127.0.0.1', '--root-dir', folder, '--disable-banner']
    return { program: 'java', args: ['-jar', await jar(), ...own, ...settings] }
  }
})

const session = { status: 200, headers: { 'Content-Type': stub.type }, body: stub.body }
const mappings = ['GET', 'POST'].map(method => ({ request: { method, urlPath: '/session' }, response: session }))

const jar = async () => {
  const folder = join(folderOf('wiremock'), 'build')
  const file = (await readdir(folder)).find(each => each.endsWith('.jar'))
  if (!file) throw new Error('the package wiremock has no jar')
  return join(folder, file)
}

const java = async () => {
  const text = await printed({ program: 'java', args: ['--version'] }, 10_000).catch(() => {
    throw new Error('there is no Java')
  })
  return `Java ${/^\S+ (\S+)/.exec(text)?.[1] ?? 'of an unknown version'}`
}

export const wireMockWithoutJournal = wireMockWith('WireMock, no journal', '--no-request-journal')
export const references: readonly Contender[] = [bareHttp, bareFastify]
export const peers: readonly Contender[] = [wireMockWith('WireMock'), wireMockWithoutJournal]
