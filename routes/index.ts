import type { Product } from '../src/product/product.js'
import { cbrain } from './cbrain.js'
import { hcx } from './hcx.js'
import { hcxWorkload } from './hcx-workload.js'
import { netbrain } from './netbrain.js'
import { videntity } from './videntity.js'

/** All products, in the order in which their path patterns are tried. */
export const products: readonly Product[] = [netbrain, videntity, cbrain, hcx, hcxWorkload]
