import type { Audit } from '../space/space-deps.js'

/** One audit of several, as an option of the app; none where there is none. */
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
