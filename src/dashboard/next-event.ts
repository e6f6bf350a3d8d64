/** Resolves at the next event of this name. */
export const nextEvent = (target: EventTarget, name: string): Promise<void> =>
  new Promise(resolve => target.addEventListener(name, () => resolve(), { once: true }))
