import { UserError } from '../base/user-error.js'

/** An error at a place of a snapshot. */
export interface SnapshotIssue {
  /** `sessions.products[0].open[2].token`; empty for the whole. */
  readonly at: string
  readonly message: string
}

/** A snapshot that cannot be restored, with the reasons. */
export class SnapshotError extends UserError {
  constructor(readonly issues: readonly SnapshotIssue[]) {
    super(issues.map(({ at, message }) => (at === '' ? message : `${at}: ${message}`)).join('\n'))
  }
}
