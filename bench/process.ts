import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  /** Beside what this process has. */
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
}

/** Starts a program that does not outlive this process. */
export const begin = ({ program, args, env, folder }: Command, stdio: StdioOptions): ChildProcess => {
  const child = spawn(program, args, { stdio, env: { ...inherited(), ...env }, ...(folder && { cwd: folder }) })
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  const gone = () => process.off('exit', kill)
  child.on('exit', gone).on('error', gone)
  return child
}

/** What a program prints until its end. Throws where it fails, or takes longer than `within` milliseconds. */
export const printed = async (command: Command, within: number): Promise<string> => {
  const child = begin(command, ['ignore', 'pipe', 'pipe'])
  const out: string[] = []
  const complaints = lastWords(child)
  child.stdout?.setEncoding('utf8').on('data', text => out.push(text))
  const late = setTimeout(() => child.kill('SIGKILL'), within)
  try {
    const [code] = await once(child, 'close')
    if (code === 0) return out.join('')
    throw new Error(`${short(command)} ended with ${code ?? 'a signal'}: ${complaints() || out.join('').slice(-300)}`)
  } finally {
    clearTimeout(late)
  }
}

/** The exit code of a program; null where a signal ended it, as one does after `within` milliseconds. */
export const exitCode = async (command: Command, within: number): Promise<number | null> => {
  const child = begin(command, 'ignore')
  const late = setTimeout(() => child.kill('SIGKILL'), within)
  try {
    const [code] = await once(child, 'exit')
    return code
  } finally {
    clearTimeout(late)
  }
}

/** What a program complains of on its standard error: the line that names an error, else the last. */
export const lastWords = (child: ChildProcess): (() => string) => {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', text => {
    words = `${words}${text}`.slice(-5000)
  })
  return () => {
    const lines = words.split('\n').filter(line => line.trim())
    return (lines.find(line => /\w*error:/i.test(line)) ?? lines.at(-1) ?? '').trim().slice(0, 300)
  }
}

/** Ends a program, and waits for its end. Says how many milliseconds that took. */
export const end = async (child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<number> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return 0
  const begun = performance.now()
  const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
  child.kill(signal)
  await once(child, 'exit')
  clearTimeout(late)
  return performance.now() - begun
}

const short = ({ program, args }: Command) =>
  [program, ...args.slice(0, 2)].map(each => each.split('/').at(-1)).join(' ')

// What would make the contenders other than they are by themselves.
const foreign =
  /^(NODE_OPTIONS|NODE_COMPILE_CACHE|NODE_V8_COVERAGE|PORT|HOST|JAVA_TOOL_OPTIONS|SESSION_MOCK_.*|MOCKOON_.*)$/

const inherited = () => Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
