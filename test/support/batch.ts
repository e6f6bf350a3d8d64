// Runs the test files of TEST_FILES, one a line, in this process. Used by test/run.ts.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const files = (process.env.TEST_FILES ?? '').split('\n')
// tap names folders of fixtures after the script: batches at the same time must not share them.
process.argv[1] = resolve(files[0] ?? '')
const { default: t } = await import('tap')

/** In milliseconds. Ends a test that hangs, on any machine that can run it at all; tap names the test. */
const limit = 180_000

t.beforeEach(t => {
  if (t.options.timeout === undefined) t.setTimeout(limit)
})
t.on('complete', () =>
  setTimeout(() => {
    process.stderr.write(`the tests are over, but open: ${process.getActiveResourcesInfo().join(', ')}\n`)
    process.exit(1)
  }, 30_000).unref()
)
for (const file of files)
  await import(pathToFileURL(resolve(file)).href).catch(error => t.fail(`${file} can be loaded`, { error }))
t.end()
