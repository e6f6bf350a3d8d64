// Run with: vitest run --root examples/vitest
export default { test: { globalSetup: './global-setup.js' } }
