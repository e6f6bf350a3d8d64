import type { Submission } from './submission.js'

/** Maximum number of inputs in a batch. */
const mostInputs = 500

/** Maximum characters in a batch, approximately. */
const mostText = 4_194_304

/** The number of submissions at the start of the list that fit in one batch; at least one. */
export const batchSize = (pending: readonly Submission[]): number => {
  let text = 0
  const end = pending.findIndex(({ input }, index) => {
    text += input.type === 'call' ? (input.request.text ?? input.request.base64 ?? '').length + 1000 : 1000
    return index > 0 && (index >= mostInputs || text > mostText)
  })
  return end < 0 ? pending.length : end
}

/** The input with its delay from its arrival to `now`, in monotonic milliseconds. */
export const withLag = ({ input, since }: Submission, now: number): Submission['input'] =>
  input.type === 'call' ? { ...input, lag: now - since } : input
