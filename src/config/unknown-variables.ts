import { nearest } from '../base/user-error.js'
import { kubernetesService } from './setting.js'
import { settingNames, variableOf, variablePrefix } from './settings.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables with our prefix and a name similar to a setting: a line for each, with the setting. */
export const misspeltVariables = (env: Environment): string[] =>
  variablesWithoutSetting(env).flatMap(name => {
    const meant = similarVariable(name)
    return meant === undefined ? [] : [`${name}: no such setting; did you mean ${meant}?`]
  })

/** Variables with our prefix, without a setting or a similar name: ignored with a warning. */
export const unknownVariables = (env: Environment): string[] =>
  variablesWithoutSetting(env).filter(name => similarVariable(name) === undefined)

const variablesWithoutSetting = (env: Environment): string[] =>
  Object.keys(env).filter(
    name =>
      name.startsWith(variablePrefix) &&
      env[name] &&
      !settingNames.some(each => variableOf(each) === name) &&
      !isKubernetesVariable(name, env[name]) &&
      !isVariableOfExec(name)
  )

/** Variables of Kubernetes for each Service: `<NAME>_SERVICE_HOST`, `<NAME>_SERVICE_PORT[_<PORT NAME>]`, `<NAME>_PORT`, `<NAME>_PORT_80_TCP[_ADDR]`. */
const isKubernetesVariable = (name: string, value = ''): boolean =>
  /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name) ||
  kubernetesService.test(value)

/** Variables of `exec` and `grill` for their command: `SESSION_MOCK_URL`, `SESSION_MOCK_CBRAIN_URL`, `SESSION_MOCK_CA`. */
const isVariableOfExec = (name: string): boolean => /^SESSION_MOCK_(?:(?:\w+_)?URL|CA)$/.test(name)

const similarVariable = (variable: string): string | undefined => {
  const word = withoutPrefix(variable)
  const words = settingNames.map(name => withoutPrefix(variableOf(name)))
  const meant = nearest(word, words, word.length < 6 ? 1 : 2) ?? words.find(each => isTransposed(word, each))
  return meant === undefined ? undefined : `${variablePrefix}${meant}`
}

/** Two neighbouring letters are swapped, as in PROT. */
const isTransposed = (word: string, other: string): boolean => {
  const at = [...word].findIndex((letter, index) => letter !== other[index])
  return at >= 0 && `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}` === other
}

const withoutPrefix = (variable: string): string => variable.slice(variablePrefix.length)
