import type { Parse } from './values.js'

/** Headings of the settings in the help and in docs/settings.md, in this order. */
export const settingGroups = ['Listeners', 'TLS', 'Behaviour', 'Control and reports', 'Store', 'Limits', 'Log'] as const

type SettingGroup = (typeof settingGroups)[number]

export interface Setting<Value> {
  readonly group: SettingGroup
  /** The placeholder of the value in the help, such as `<number>`. */
  readonly placeholder: string
  readonly fallback: Value
  /** The default in words, for values without a plain text form. */
  readonly fallbackWords?: string
  readonly help: string
  /** A second environment variable, with lower precedence. */
  readonly alias?: string
  /** Accepts several values, in repeated flags or separated by commas. */
  readonly repeatable?: true
  /** On or off: a flag without a value; `--no-…` for a default of on. */
  readonly onOff?: true
  /** Values of the variable set by other programs: treated as unset. */
  readonly foreign?: RegExp
  /** A setting of the command, without an option of `start`. */
  readonly commandOnly?: true
  /** Never shown, not even in error messages. */
  readonly secret?: true
  readonly parse: Parse<Value>
}

/** Makes the settings of a group. */
export const settingOf =
  (group: SettingGroup) =>
  <Value>(row: Omit<Setting<Value>, 'group'>): Setting<Value> => ({ group, ...row })

/** The form of variables that Kubernetes sets in every pod beside a service with a name such as session-mock or session-mock-admin. */
export const kubernetesService = /^(?:tcp|udp|sctp):\/\//
