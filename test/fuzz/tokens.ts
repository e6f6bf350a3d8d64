import { drivers } from '../support/drivers.js'

/** The tokens that a batch begins with: of each product one that is open, and one whose session has ended. */
export const batchTokens: Readonly<Record<string, { readonly live: string; readonly dead: string }>> = {
  netbrain: { live: '1f3c2a10-5b6e-4d7f-8a90-b1c2d3e4f501', dead: '2f3c2a10-5b6e-4d7f-8a90-b1c2d3e4f502' },
  videntity: { live: 'Aq5NvPRbceAS101', dead: 'Bq5NvPRbceAS102' },
  cbrain: { live: '1f3c2a105b6e4d7f8a90b1c2d3e4f501', dead: '2f3c2a105b6e4d7f8a90b1c2d3e4f502' },
  hcx: { live: '1f3c2a10:5b6e:4d7f:8a90:b1c2d3e4f501', dead: '2f3c2a10:5b6e:4d7f:8a90:b1c2d3e4f502' }
}

export const liveTokens = Object.values(batchTokens).map(({ live }) => live)

/** All that a request may carry as a token. */
export const tokensOf = (product: string): readonly string[] => {
  const { live = '', dead = '' } = batchTokens[product] ?? {}
  const stranger = drivers.find(driver => driver.product.name === product)?.stranger ?? ''
  return [
    live,
    live,
    live,
    dead,
    stranger,
    '',
    'undefined',
    '((((a+)+[',
    `${live}${live}`,
    'k'.repeat(3000),
    'k'.repeat(33_000)
  ]
}
