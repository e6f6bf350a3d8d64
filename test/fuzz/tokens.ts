import { drivers } from '../support/drivers.js'

/** The tokens that a batch begins with: of each product one that is open, and one whose session has ended. */
export const batchTokens: Readonly<Record<string, { readonly open: string; readonly ended: string }>> = {
  netbrain: { open: '1f3c2a10-5b6e-4d7f-8a90-b1c2d3e4f501', ended: '2f3c2a10-5b6e-4d7f-8a90-b1c2d3e4f502' },
  videntity: { open: 'Aq5NvPRbceAS101', ended: 'Bq5NvPRbceAS102' },
  cbrain: { open: '1f3c2a105b6e4d7f8a90b1c2d3e4f501', ended: '2f3c2a105b6e4d7f8a90b1c2d3e4f502' },
  hcx: { open: '1f3c2a10:5b6e:4d7f:8a90:b1c2d3e4f501', ended: '2f3c2a10:5b6e:4d7f:8a90:b1c2d3e4f502' }
}

export const openTokens = Object.values(batchTokens).map(({ open }) => open)

/** All that a request may carry as a token. */
export const tokensOf = (product: string): readonly string[] => {
  const { open = '', ended = '' } = batchTokens[product] ?? {}
  const unknownToken = drivers.find(driver => driver.product.name === product)?.unknownToken ?? ''
  return [
    open,
    open,
    open,
    ended,
    unknownToken,
    '',
    'undefined',
    '((((a+)+[',
    `${open}${open}`,
    'k'.repeat(3000),
    'k'.repeat(33_000)
  ]
}
