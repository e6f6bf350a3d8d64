import type { Audit } from '../space/space-deps.js'

/** Combines audits into one option of the app; empty without an audit. */
export const allAudits = (...audits: readonly (Audit | undefined)[]): { readonly audit?: Audit } => {
  const all = audits.filter(each => each !== undefined)
  if (all.length === 0) return {}
  return {
    audit: {
      onDiscard: space => {
        for (const audit of all) audit.onDiscard(space)
      },
      onRulesChange: space => {
        for (const audit of all) audit.onRulesChange(space)
      }
    }
  }
}
