/**
 * Whether a test runner has replaced this function. Fakes of Sinon, which Jest and Vitest use too, have a clock; those of
 * node:test are bound functions.
 */
export const isFake = (timer: { readonly name: string }): boolean => 'clock' in timer || timer.name.startsWith('bound ')
