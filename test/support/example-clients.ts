import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Test } from 'tap'
import { placeFaults, runFaults } from '../../src/grill/faults.js'
import { grill, namesIn } from './grill.js'
import { pythonProgram } from './python.js'

export interface ExampleClient {
  /** The command of the client. The last word is a file in examples/grill. */
  readonly words: readonly [string, ...string[]]
  /** The mistakes that can be enabled in it, with the cases that detect them and the names of the misbehaviours. */
  readonly planted: Readonly<Record<string, { readonly only: string; readonly names: readonly string[] }>>
  /** Uses every third fault, starting with this one. `hcx.sh` is tested with all faults, the other three clients share them. */
  readonly third?: 0 | 1 | 2
}

const root = fileURLToPath(new URL('../../examples/grill/', import.meta.url))

const faults = [...placeFaults, ...runFaults].map(({ name }) => name)

/** Tests that `grill` finds nothing in the client, and that it detects each enabled mistake. */
export const testExample = async (t: Test, { words, planted, third }: ExampleClient): Promise<void> => {
  const file = words.at(-1) ?? ''
  const [interpreter] = words
  const program = interpreter.startsWith('python') ? await pythonProgram(interpreter) : interpreter
  const command = [program, `${root}${file}`]
  const chosen = third === undefined ? [] : ['--only', faults.filter((_, index) => index % 3 === third).join()]
  t.setTimeout(300_000)
  if (!(await isThere(words[0]))) return t.plan(0, `${words[0]} is not here`)
  await t.test(`${file} has no findings`, { timeout: 200_000 }, async t => {
    const { code, json } = await grill(t, ['--jobs', '4', ...chosen], command)
    t.equal(code, 0)
    t.same(json.findings, [])
    t.equal(json.outcomes['not reached'], 0)
    t.ok(json.plan.chosen > 10)
  })
  for (const [fault, { only, names }] of Object.entries(planted))
    await t.test(`${file} with ${fault} is reported as ${names.join(', ')}`, { timeout: 60_000 }, async t => {
      const flags = ['--jobs', '4', '--timeout', '4s', '--only', only, '--env', `FAULT=${fault}`]
      const { code, json } = await grill(t, flags, command)
      t.equal(code, 5)
      t.same(namesIn(json), names)
    })
}

const isThere = (program: string): Promise<boolean> =>
  promisify(execFile)(program, ['--version']).then(
    () => true,
    ({ code }) => code !== 'ENOENT'
  )
