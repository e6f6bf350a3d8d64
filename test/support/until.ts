import { setTimeout as pause } from 'node:timers/promises'

/** Resolves when the condition is true. Throws if it is not after `within` milliseconds, which only ends a test that hangs. */
export const until = async (isSo: () => boolean | Promise<boolean>, within = 120_000): Promise<void> => {
  const deadline = performance.now() + within
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${isSo}`)
    await pause(2)
  }
}
