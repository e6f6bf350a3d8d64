import type { Product } from '../../product/product.js'

/** All words that `on` accepts for these products. */
export const targetWords = (products: readonly Product[]): string[] => [
  '*',
  ...products.map(({ name }) => name),
  ...new Set(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  ...products.flatMap(({ name, operations }) => operations.map(operation => `${name}.${operation.name}`))
]

/** The operations of a word of `on`, as `product.operation`. */
export const targetOperations = (word: string, products: readonly Product[]): string[] =>
  products.flatMap(product =>
    product.operations
      .filter(({ name }) => ['*', product.name, name, `${product.name}.${name}`].includes(word))
      .map(({ name }) => `${product.name}.${name}`)
  )
