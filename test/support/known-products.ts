import { cbrain } from '../../routes/cbrain.js'
import { hcx } from '../../routes/hcx.js'
import { netbrain } from '../../routes/netbrain.js'
import { videntity } from '../../routes/videntity.js'
import type { Product } from '../../src/product/product.js'

/** The products of core tests. A further product in routes/index.ts does not affect these tests. */
export const products: readonly Product[] = [netbrain, videntity, cbrain, hcx]
