import { readFileSync } from 'node:fs'

/**
 * The arguments after this script in the command line of process 1, which in a container is the server or an init process.
 * Undefined elsewhere. Source: proc(5), /proc/pid/cmdline.
 */
export const serverArguments = (script: string): readonly string[] | undefined => {
  try {
    return argumentsAfter(script, readFileSync('/proc/1/cmdline', 'utf8'))
  } catch {
    return undefined
  }
}

/** `cmdline` has a NUL after each argument. */
export const argumentsAfter = (script: string, cmdline: string): readonly string[] | undefined => {
  const words = cmdline.split('\0').slice(0, -1)
  const at = words.indexOf(script)
  return at < 0 ? undefined : words.slice(at + 1)
}
