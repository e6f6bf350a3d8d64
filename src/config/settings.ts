import { keysOf } from '../base/own-keys.js'
import type { Setting } from './setting.js'
import { behaviourSettings } from './settings/behaviour.js'
import { controlSettings } from './settings/control.js'
import { limitSettings } from './settings/limits.js'
import { listenerSettings } from './settings/listeners.js'
import { logSettings } from './settings/log.js'
import { storeSettings } from './settings/store.js'
import { tlsSettings } from './settings/tls.js'

/** Every setting of the server, in the order of the help: its flag is its name with hyphens, its variable the same in capitals after `SESSION_MOCK_`. */
export const settings = {
  ...listenerSettings,
  ...tlsSettings,
  ...behaviourSettings,
  ...controlSettings,
  ...storeSettings,
  ...limitSettings,
  ...logSettings
}

export type SettingName = keyof typeof settings
export type Settings = {
  readonly [Name in SettingName]: (typeof settings)[Name] extends Setting<infer Value> ? Value : never
}

export const settingNames = keysOf(settings)

/** `logLevel` is `--log-level`; a default of on gives `--no-…`. */
export const flagOf = (name: SettingName): string => {
  const { onOff, fallback }: Setting<unknown> = settings[name]
  return `--${onOff && fallback === true ? 'no-' : ''}${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

/** `logLevel` is `SESSION_MOCK_LOG_LEVEL`. */
export const variableOf = (name: SettingName): string =>
  `${variablePrefix}${name.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()}`

export const variablePrefix = 'SESSION_MOCK_'

/** The default, in words. */
export const fallbackOf = (name: SettingName): string => {
  const { fallbackWords, fallback } = settings[name]
  return fallbackWords ?? String(fallback)
}
