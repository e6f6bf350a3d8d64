/** Resolves when it is so, or throws when it is still not after many turns of the event loop. */
export const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 10_000; turn += 1) {
    if (await isSo()) return
    await new Promise(resolve => setImmediate(resolve))
  }
  throw new Error(`waited in vain until ${isSo}`)
}
