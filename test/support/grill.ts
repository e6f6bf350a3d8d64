import { existsSync, readFileSync } from 'node:fs'
import type { Test } from 'tap'
import type { CommandContext } from '../../src/cli/command-context.js'
import { run } from './command.js'

/** The output of `grill` for a command, and the files of its report. */
export const grill = async (
  t: Test,
  flags: readonly string[],
  words: readonly string[],
  outside: Partial<CommandContext> = {}
) => {
  const folder = t.testdir({})
  const report = flags.includes('--report') ? [] : ['--report', `${folder}/report`]
  const env = { PATH: process.env.PATH, folder, ...outside.env }
  const result = await run(['grill', ...report, ...flags, '--', ...words], { ...outside, env })
  const file = (name: string) => readFileSync(`${folder}/report/${name}`, 'utf8')
  const json: GrillJson = existsSync(`${folder}/report/grill.json`) ? JSON.parse(file('grill.json')) : undefined
  return { ...result, folder, file, json }
}

export interface GrillJson {
  readonly baseline: { readonly calls: number; readonly deterministic: boolean; readonly places: readonly string[] }
  readonly plan: { readonly cases: number; readonly chosen: number }
  readonly outcomes: Readonly<Record<string, number>>
  readonly interrupted: boolean
  readonly cases: readonly { readonly id: string; readonly outcome: string; readonly exitCode: number }[]
  readonly findings: readonly {
    readonly id: string
    readonly misbehaviour: string
    readonly words: string
    readonly known: boolean
    readonly requests: readonly string[]
    readonly scenario?: string
    readonly record?: string
    readonly again: string
  }[]
}

/** The names of the misbehaviours, without repetition. */
export const namesIn = ({ findings }: GrillJson): string[] => [
  ...new Set(findings.map(({ misbehaviour }) => misbehaviour))
]
