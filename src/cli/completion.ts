import type { Command, Option } from 'commander'
import { choice, UserError } from '../base/errors.js'
import type { Setting } from '../config/setting.js'
import { flagOf, settingNames, settings } from '../config/settings.js'
import type { Product } from '../product/product.js'

const shells = ['bash', 'zsh', 'fish'] as const

/** A script that completes commands, options and option values. Throws a UserError for an unknown shell. */
export const completionFor = (shell: string, root: Command, products: readonly Product[]): string => {
  const names = products.map(({ name }) => name)
  const commands = commandsOf(root, valuesByFlag(products), { shell: shells, product: names })
  if (shell === 'bash') return bash(commands)
  if (shell === 'zsh') return `#compdef session-mock\nautoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
  if (shell === 'fish') return fish(commands)
  throw new UserError(`unknown shell "${shell}": expected ${choice(shells)}`)
}

interface CompletedCommand {
  readonly name: string
  readonly summary: string
  readonly isDefault: boolean
  readonly options: readonly CompletedOption[]
  /** Possible values of its argument. */
  readonly words: readonly string[]
}

interface CompletedOption {
  readonly flag: string
  readonly summary: string
  /** Possible values; empty for free text, undefined without a value. */
  readonly values: readonly string[] | undefined
}

const commandsOf = (
  root: Command,
  values: ReadonlyMap<string, readonly string[]>,
  words: Readonly<Record<string, readonly string[]>>
): CompletedCommand[] =>
  root.commands.map(command => ({
    name: command.name(),
    summary: command.description(),
    isDefault: command.name() === 'serve',
    words: words[command.registeredArguments[0]?.name() ?? ''] ?? [],
    options: command.options.flatMap(option => (option.hidden ? [] : [describeOption(option, values)]))
  }))

const describeOption = ({ long, required, description }: Option, values: ReadonlyMap<string, readonly string[]>) => ({
  flag: long ?? '',
  summary: description,
  values: required ? (values.get(long ?? '') ?? []) : undefined
})

/** The words accepted by the parsers of the settings. */
const valuesByFlag = (products: readonly Product[]): Map<string, readonly string[]> => {
  const names = products.map(({ name }) => name)
  const all = new Map<string, readonly string[]>([
    [flagOf('products'), names],
    [flagOf('listen'), names.map(name => `${name}=`)],
    [flagOf('fidelity'), ['documented', 'observed']]
  ])
  for (const name of settingNames) {
    const { parse }: Setting<unknown> = settings[name]
    if (parse.words) all.set(flagOf(name), parse.words)
  }
  return all
}

const bash = (commands: readonly CompletedCommand[]): string => `_session_mock() {
  local current previous command word
  current="\${COMP_WORDS[COMP_CWORD]}"
  previous="\${COMP_WORDS[COMP_CWORD-1]}"
  command=serve
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in ${commands.map(({ name }) => name).join('|')}) command="$word"; break;; esac
  done
  COMPREPLY=()
  case "$command:$previous" in
${commands.flatMap(bashValues).join('\n')}
  esac
  case "$command" in
${commands.map(bashCommand).join('\n')}
  esac
}
complete -o default -F _session_mock session-mock
`

const bashValues = ({ name, options }: CompletedCommand): string[] =>
  options.flatMap(({ flag, values }) => {
    if (values === undefined) return []
    const reply = values.length === 0 ? '' : `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current")); `
    return [`    ${name}:${flag}) ${reply}return;;`]
  })

const bashCommand = (
  { name, isDefault, options, words: own }: CompletedCommand,
  _at: number,
  all: readonly CompletedCommand[]
) => {
  const commands = isDefault ? all.map(each => each.name) : []
  const words = [...options.map(({ flag }) => flag), '--help', ...commands, ...own]
  return `    ${name}) COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"));;`
}

const fish = (commands: readonly CompletedCommand[]): string => {
  const names = commands.map(({ name }) => name).join(' ')
  const lines = commands.flatMap(({ name, summary, isDefault, options }) => [
    `complete -c session-mock -n "not __fish_seen_subcommand_from ${names}" -a ${name} -d ${quote(summary)}`,
    ...options.map(option =>
      fishOption(
        option,
        isDefault ? `not __fish_seen_subcommand_from ${without(names, name)}` : `__fish_seen_subcommand_from ${name}`
      )
    )
  ])
  const words = commands
    .filter(command => command.words.length > 0)
    .map(
      ({ name, words }) =>
        `complete -c session-mock -n "__fish_seen_subcommand_from ${name}" -x -a "${words.join(' ')}"`
    )
  return `${[...lines, ...words].join('\n')}\n`
}

const without = (names: string, name: string): string =>
  names
    .split(' ')
    .filter(each => each !== name)
    .join(' ')

const fishOption = ({ flag, summary, values }: CompletedOption, condition: string): string => {
  const value = values === undefined ? '' : values.length === 0 ? ' -r' : ` -x -a "${values.join(' ')}"`
  return `complete -c session-mock -n "${condition}" -l ${flag.slice(2)}${value} -d ${quote(summary)}`
}

/** In single quotes, for fish. */
const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`
