/**
 * Whether a test runner has put a fake in the place of this timer or tick: those of Sinon, which Jest and Vitest use too, carry
 * their clock; those of node:test are bound functions.
 */
export const isFake = (timer: { readonly name: string }): boolean => 'clock' in timer || timer.name.startsWith('bound ')
