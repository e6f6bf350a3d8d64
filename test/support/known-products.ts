import { cbrain } from '../../routes/cbrain.js'
import { hcx } from '../../routes/hcx.js'
import { netbrain } from '../../routes/netbrain.js'
import { videntity } from '../../routes/videntity.js'
import type { Product } from '../../src/product/product.js'

/** The products that the tests of the core speak of: one more in routes/index.ts turns none of these tests red. */
export const products: readonly Product[] = [netbrain, videntity, cbrain, hcx]
