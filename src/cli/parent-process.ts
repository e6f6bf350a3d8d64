import { readFileSync } from 'node:fs'
import type { ParentProcess } from './parent.js'

/** The parent of this process, read from the system. */
export const parentProcess: ParentProcess = {
  pids: () => ancestors(process.ppid),
  onInputClosed: listener => {
    const { stdin } = process
    stdin.once('end', listener).once('close', listener).once('error', listener).resume()
    return () => {
      stdin.off('end', listener).off('close', listener).off('error', listener)
      stdin.destroy()
    }
  }
}

/** A shell waits for its command and tells nothing of its own parent's end: then that one counts too. */
const ancestors = (pid: number): number[] => {
  const parent = parentOfShell(pid)
  return parent === undefined ? [pid] : [pid, ...ancestors(parent)]
}

/** Undefined where the process is no shell, or the system has no /proc. Source: proc(5), /proc/pid/stat. */
const parentOfShell = (pid: number): number | undefined => {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return /^(?:ba|da|z|k|a)?sh$/.test(name ?? '') && Number(parent) > 0 ? Number(parent) : undefined
  } catch {
    return undefined
  }
}
