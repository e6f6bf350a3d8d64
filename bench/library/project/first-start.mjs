// Prints the milliseconds from here until a library is imported and its mock is started.
import { startMock } from './mocks.mjs'

const begun = performance.now()
const { stop } = await startMock(process.env.BENCH_MOCK)
console.log(performance.now() - begun)
await stop()
