import { isError } from '../base/node-globals.js'

/** A failure of the engine. Its message has no secret. */
export class StoreError extends Error {
  constructor(
    message: string,
    /** No connection, or a lost reply: the command may have been executed. */
    readonly isUncertain: boolean
  ) {
    super(message)
  }
}

/** One space cannot be read from the engine; the others can. */
export class UnreadableSpace extends StoreError {
  constructor(space: string, reason: string) {
    super(
      `the space "${space}" cannot be read: ${reason}; POST /__admin/reset?space=${space} starts it from the beginning`,
      false
    )
  }
}

/** The error is a refusal of the engine, and not a sign of its start or failover, which is worth a repetition. */
export const isReply = (error: unknown): boolean =>
  isError(error) &&
  error.name === 'ReplyError' &&
  !/^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/.test(error.message)

export const isTimeout = (error: unknown): boolean => isError(error) && error.message === 'Command timed out'

/** A node of a cluster is lost, and the others do not have its keys. */
export const isLostNode = (error: unknown): boolean =>
  isError(error) && /Connection is closed|Too many Cluster redirections.*MOVED/.test(error.message)

/** The message is of one key: it holds another kind of value, or inputs that its space does not know. */
export const isOfOneKey = (message: string): boolean =>
  /WRONGTYPE|smaller than the target stream top item/.test(message)

const words: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'the connection is refused: nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no such host'],
  [/ENOENT/, 'there is no such socket'],
  [/EACCES/, 'this user has no permission for the socket'],
  [/ETIMEDOUT|timed out/, 'no response in time'],
  [/EHOSTUNREACH|ENETUNREACH/, 'the host cannot be reached'],
  [/WRONGPASS/, 'user or password is wrong'],
  [/NOAUTH/, 'it requires a password'],
  [/without any password configured/, 'it has no password, and one was given'],
  [/Connection is closed/, 'the connection is closed'],
  [/CLUSTERDOWN/, 'its cluster is down: not every slot has a node that can be reached (CLUSTERDOWN)'],
  [/MOVED/, 'it is one of several nodes of a cluster (MOVED); restart, with a user who may use CLUSTER INFO'],
  [/SELECT is not allowed in cluster mode/, 'it is a cluster, which has database 0 only'],
  [/DB index is out of range/, 'it has no database of that number'],
  [/wrong version number|packet length too long|SSL routines|EPROTO/, 'there is no TLS on that port'],
  [/self.signed|unable to verify|unable to get (?:local )?issuer|altname|expired/i, 'its certificate is not trusted'],
  [/^READONLY|can't write against a read only replica/, 'it is a read-only replica'],
  [/OOM/, 'it is full (OOM)'],
  [/WRONGTYPE/, 'a key of the prefix holds something else (WRONGTYPE)'],
  [/NOPERM/, 'its user has no permission for a command or key (NOPERM)']
]

/** The reason of a failure, in words without a secret. */
export const reasonOf = (error: unknown): string => {
  if (isError(error) && 'lastNodeError' in error && error.lastNodeError) return reasonOf(error.lastNodeError)
  const message = isError(error) ? error.message : String(error)
  const code = isError(error) && 'code' in error ? String(error.code) : ''
  const found = words.find(([pattern]) => pattern.test(`${code} ${message}`.trim()) || pattern.test(message))
  return found?.[1] ?? message.replace(/[\r\n]+/g, ' ').slice(0, 200)
}

/** Called with the reason when the first key is refused, and with none when no key is any more. */
export type OnRefusal = (reason: string | undefined) => void

/** The keys whose commands the engine refuses. In a cluster, one node may refuse its keys while the others accept theirs. */
export class Refusals {
  readonly #reasons = new Map<string, string>()
  readonly #onChange: OnRefusal

  constructor(onChange: OnRefusal) {
    this.#onChange = onChange
  }

  /** The reason for one of the keys. */
  get reason(): string | undefined {
    const [reason] = this.#reasons.values()
    return reason
  }

  get keys(): readonly string[] {
    return [...this.#reasons.keys()]
  }

  add(key: string, reason: string): void {
    const isFirst = this.#reasons.size === 0
    this.#reasons.set(key, reason)
    if (isFirst) this.#onChange(reason)
  }

  remove(key: string): void {
    if (this.#reasons.delete(key) && this.#reasons.size === 0) this.#onChange(undefined)
  }
}

/** The texts of an array reply; numbers as texts, null as an empty text. An array in place of another reply is empty. */
export const textsOf = (reply: unknown): string[] => listOf(reply).map(item => (item === null ? '' : String(item)))

/** The items of an array reply; empty for another reply. */
export const listOf = (reply: unknown): readonly unknown[] => (Array.isArray(reply) ? reply : [])
