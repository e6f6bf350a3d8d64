import { readdirSync } from 'node:fs'
import type { Driver } from './driver.js'
import { products } from './known-products.js'

const folder = new URL('products/', import.meta.url)
const modules: readonly { readonly driver: Driver }[] = await Promise.all(
  readdirSync(folder).map(file => import(new URL(file, folder).href))
)

/** Known products first, in their order. */
const place = ({ product }: Driver): number => {
  const index = products.findIndex(({ name }) => name === product.name)
  return index < 0 ? products.length : index
}

/** The test data of all products, from the files in `products`: for the tests that a new product passes too. */
export const everyDriver: readonly Driver[] = modules.map(({ driver }) => driver).sort((a, b) => place(a) - place(b))

/** The test data of the known products, which the servers of the core tests have. */
export const drivers: readonly Driver[] = everyDriver.filter(driver => place(driver) < products.length)
