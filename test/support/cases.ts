import { fileURLToPath } from 'node:url'
import type { Product } from '../../src/product/product.js'
import { type Cases, readCasesOf } from '../../src/verify/cases.js'

/** The folder of the cases. */
export const casesFolder = fileURLToPath(new URL('../../routes/', import.meta.url))

export const casesOf = (product: Product): Promise<Cases> => readCasesOf(product, casesFolder)
