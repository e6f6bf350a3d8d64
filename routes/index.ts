import type { Product } from '../src/product/product.js'
import { cbrain } from './cbrain.js'
import { hcx } from './hcx.js'
import { netbrain } from './netbrain.js'
import { videntity } from './videntity.js'

/** Every product, in the order in which they are asked whether a path is theirs. */
export const products: readonly Product[] = [netbrain, videntity, cbrain, hcx]
