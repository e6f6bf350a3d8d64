// The suites of verify-real with all products, and with a response of 50 MB.
process.env.SCALE_SUITE = '1'
await import('../verify-real.js')
await import('../src/verify/offline.js')
await import('../src/verify/other-servers.js')
await import('../src/verify/bad-servers.js')

export {}
