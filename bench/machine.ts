import { readFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem, type } from 'node:os'

/** What this machine is, in words that do not say whose. */
export const machine = async (): Promise<readonly string[]> => {
  const cores = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB of memory`
  return [
    `${cores[0]?.model.trim() || 'a CPU without a name'}, ${arch()}`,
    `${cores.length} cores`,
    memory,
    await system()
  ]
}

const system = async () => {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const [, name] = /^PRETTY_NAME="?([^"\n]+)/m.exec(text) ?? []
  return name ? `${name}, ${type()} ${release().split('-')[0]}` : `${type()} ${release()}`
}
