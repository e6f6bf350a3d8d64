import { Agent } from 'node:http'
import { type Profiler, Session } from 'node:inspector/promises'
import { pathToFileURL } from 'node:url'
import { ask, type Call, control, logIn, loginCall, sessionCall } from './calls.js'
import { root } from './processes.js'

/** How many files, functions and calls of ours handle each of four requests, by V8's precise coverage of the sources. */
export const way = async (withFiles: boolean): Promise<string[]> => {
  const { start } = await import(pathToFileURL(`${root}/src/index.ts`).href)
  const server = await start({ products: ['cbrain'] })
  const port = Number(new URL(server.url('cbrain')).port)
  const agent = new Agent({ keepAlive: true })
  const requests: readonly (readonly [name: string, call: Call, status: number])[] = [
    ['GET /session', sessionCall(await logIn(port)), 200],
    ['POST /session', loginCall, 200],
    ['GET /session, refused', sessionCall('00112233445566778899aabbccddeeff'), 401],
    ['PUT /__admin/clock', control('PUT', '/clock', { action: 'advance', by: '1s' }), 200]
  ]
  try {
    const lines: string[] = []
    for (const [name, call, expected] of requests) {
      const send = async () => {
        const { status, body } = await ask(port, call, agent)
        if (status !== expected) throw new Error(`${name}: status ${status}, not ${expected}: ${body}`)
      }
      // What happens only once, such as loading, is not counted.
      for (let count = 0; count < 5; count += 1) await send()
      lines.push(...described(name, await coverageOf(send), withFiles))
    }
    return lines
  } finally {
    agent.destroy()
    await server.stop()
  }
}

interface Used {
  readonly file: string
  readonly functions: number
  readonly calls: number
}

const coverageOf = async (run: () => Promise<void>): Promise<readonly Used[]> => {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  await run()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return result.flatMap(used)
}

const used = ({ url, functions }: Profiler.ScriptCoverage): Used[] => {
  const [, file] = /\/((?:src|routes)\/(?!.*node_modules)[^?]*\.ts)/.exec(url) ?? []
  // tsx adds this function to each file.
  const own = functions.filter(({ functionName }) => functionName !== '__name')
  const counts = own.map(({ ranges }) => ranges[0]?.count ?? 0).filter(count => count > 0)
  if (file === undefined || counts.length === 0) return []
  return [{ file, functions: counts.length, calls: counts.reduce((sum, count) => sum + count, 0) }]
}

const described = (name: string, files: readonly Used[], withFiles: boolean): string[] => {
  const sum = (key: 'functions' | 'calls') => files.reduce((total, each) => total + each[key], 0)
  const first = `${name}: ${files.length} files, ${sum('functions')} functions, ${sum('calls')} calls`
  if (!withFiles) return [first]
  const sorted = [...files].sort((one, other) => other.calls - one.calls || one.file.localeCompare(other.file))
  return [first, ...sorted.map(({ file, functions, calls }) => `  ${file}, functions: ${functions}, calls: ${calls}`)]
}
