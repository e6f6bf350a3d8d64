/**
 * Whether a test runner has replaced this function, or removed it, as Jest does for jsdom. Fakes of Sinon, which Jest and Vitest use too,
 * have a clock; those of node:test are bound functions.
 */
export const isFake = (timer: { readonly name: string } | undefined): boolean =>
  timer === undefined || 'clock' in timer || timer.name.startsWith('bound ')
