import { readFileSync } from 'node:fs'
import type { ParentProcess } from './parent.js'

/** The parent of this process. */
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

/** A shell waits for its command and does not report the end of its own parent: then the ancestors are watched too. */
const ancestors = (pid: number): number[] => {
  const parent = parentOfShell(pid)
  return parent === undefined ? [pid] : [pid, ...ancestors(parent)]
}

/** Undefined if the process is not a shell, or without /proc. Source: proc(5), /proc/pid/stat. */
const parentOfShell = (pid: number): number | undefined => {
  try {
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return /^(?:ba|da|z|k|a)?sh$/.test(name ?? '') && Number(parent) > 0 ? Number(parent) : undefined
  } catch {
    return undefined
  }
}
