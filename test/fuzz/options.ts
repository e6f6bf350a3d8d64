import { parseArgs } from 'node:util'

export interface FuzzOptions {
  readonly seconds: number
  readonly seed: number
  /** Leads fast-check straight to a finding of the seed. */
  readonly path: string | undefined
  readonly log: 'json' | 'pretty'
}

/** What the command line says. Throws where it says what there is not. */
export const optionsOf = (args: readonly string[]): FuzzOptions => {
  const { values } = parseArgs({ args: [...args], options: known })
  return {
    seconds: whole('--seconds', values.seconds ?? '60'),
    seed: values.seed === undefined ? Math.floor(Math.random() * 0x7fffffff) : whole('--seed', values.seed),
    path: values.path,
    log: logOf(values.log ?? 'json')
  }
}

const known = {
  seconds: { type: 'string' },
  seed: { type: 'string' },
  path: { type: 'string' },
  log: { type: 'string' }
} as const

const whole = (flag: string, text: string): number => {
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new Error(`${flag} takes a whole number, not ${text}`)
}

const logOf = (text: string): 'json' | 'pretty' => {
  if (text === 'json' || text === 'pretty') return text
  throw new Error(`--log takes json or pretty, not ${text}`)
}
