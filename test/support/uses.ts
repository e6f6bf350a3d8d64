/** What the operation is called that a client of each product uses its session for. */
export const uses: Readonly<Record<string, string>> = {
  netbrain: 'tenants',
  videntity: 'ping',
  cbrain: 'session',
  hcx: 'session'
}
