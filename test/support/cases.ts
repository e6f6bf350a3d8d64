import { fileURLToPath } from 'node:url'
import type { Product } from '../../src/product/product.js'
import type { Cases } from '../../src/verify/case.js'
import { readCasesOf } from '../../src/verify/read-cases.js'

/** The folder of the cases. */
export const casesFolder = fileURLToPath(new URL('../../routes/', import.meta.url))

export const casesOf = (product: Product): Promise<Cases> => readCasesOf(product, casesFolder)
