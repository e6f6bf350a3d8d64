// All cases of all products, in both fidelities, against the package.
process.env.TEST_MODE = 'package'
await import('../routes/cases.js')

export {}
