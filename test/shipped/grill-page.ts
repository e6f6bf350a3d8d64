import { cpSync, readFileSync } from 'node:fs'
import t from 'tap'
import { placeFaults, runFaults } from '../../src/grill/faults.js'
import { misbehaviourNames } from '../../src/grill/judges.js'
import { blocksOf, patternOf, printedIn } from '../support/page.js'
import { runShipped as run } from '../support/shipped.js'

const page = readFileSync(new URL('../../docs/grill.md', import.meta.url), 'utf8')

t.test('the command of the page prints the output below it', { timeout: 100_000 }, async t => {
  const folder = t.testdir({ example: {} })
  cpSync(new URL('../../examples/grill/', import.meta.url), `${folder}/example`, { recursive: true })
  const [{ commands, answer = '' } = { commands: '' }] = blocksOf('docs/grill.md')
  t.match(await printedIn(t, `${folder}/example`, commands), patternOf(answer))
})

t.test('the page has every fault, misbehaviour and option, and no others', async t => {
  for (const { name, kinds } of placeFaults)
    for (const kind of kinds) t.match(page, new RegExp(`\\| ${kind}s \\|.*\`${name}\``), `${kind} ${name}`)
  for (const { name } of runFaults)
    t.match(page, new RegExp(`\\| the whole run, for each product \\|.*\`${name}\``), name)
  for (const name of misbehaviourNames) t.ok(page.includes(`\n| ${name} | `), name)
  const { out } = await run(['grill', '--help'])
  for (const [flag] of page.matchAll(/(?<=`)--[a-z-]+/g))
    t.ok(out.includes(`  ${flag} `) || out.includes(`  ${flag}\n`), flag)
})
