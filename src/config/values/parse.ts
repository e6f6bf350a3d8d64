import type { Product } from '../../product/product.js'

/** The input of a setting's parser beside the values. */
export interface ParseContext {
  readonly products: readonly Product[]
}

/** Parses the values of a setting: the last one, or all. Throws a UserError that names the valid values. */
export interface Parse<Value> {
  (values: readonly string[], context: ParseContext): Value
  /** The accepted words, where the setting has a list of them. */
  readonly words?: readonly string[]
}

/** The value of a setting that takes one: a later flag replaces an earlier one. */
export const lastOf = (values: readonly string[]): string => values.at(-1) ?? ''
