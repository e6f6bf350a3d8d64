import { keysOf } from '../../base/own-keys.js'
import { isLogin, type Product } from '../../product/product.js'
import { effects, readEnd } from '../engine/effects.js'
import type { RuleDocument } from '../engine/rule.js'
import { targetOperations } from '../engine/rule-targets.js'
import { readMove } from '../engine/state-move.js'

/** A rule, with its properties for the warnings. */
export interface RuleFacts {
  readonly index: number
  readonly document: RuleDocument
  readonly operations: ReadonlySet<string>
  readonly effects: ReadonlySet<string>
  /** The states that it moves to. */
  readonly states: readonly string[]
  readonly when: readonly (readonly [key: string, value: string])[]
  /** It decides every call with matching conditions. */
  readonly decidesAlways: boolean
  readonly loginsOnly: boolean
  readonly noLogins: boolean
  /** Its effects that end the session of the caller alone. */
  readonly endsOwn: readonly string[]
}

export const factsOf = (document: RuleDocument, index: number, products: readonly Product[]): RuleFacts => {
  const { call, every, times, chance = 1, from, until, for: lasts, per = 'rule' } = document
  const items = [document.then].flat()
  const maps = items.filter(item => typeof item !== 'string')
  const names = items.flatMap(item => (typeof item === 'string' ? [item] : keysOf(item)))
  const operations = [document.on].flat().flatMap(word => targetOperations(word, products))
  const logins = new Set(
    products.flatMap(({ name, operations }) => operations.filter(isLogin).map(each => `${name}.${each.name}`))
  )
  const always =
    [call, every, times, from, until, lasts].every(each => each === undefined) && chance === 1 && per === 'rule'
  return {
    index,
    document,
    operations: new Set(operations),
    effects: new Set(names),
    states: maps.flatMap(({ state }) => (state === undefined ? [] : [readMove(state).to])),
    when: Object.entries(document.when ?? {}).map(([key, value]) => [key, JSON.stringify(value)]),
    decidesAlways: always && names.some(name => effects[name].decides),
    loginsOnly: operations.every(name => logins.has(name)),
    noLogins: !operations.some(name => logins.has(name)),
    endsOwn: (['expire', 'revoke'] as const).filter(name =>
      items.some(item => {
        if (typeof item === 'string') return item === name
        const end = item[name]
        return end !== undefined && !readEnd(end).ofAccount
      })
    )
  }
}
