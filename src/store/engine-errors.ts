/** The engine has answered, and refused; it has not where it is about to be able to. */
export const isReply = (error: unknown): boolean =>
  error instanceof Error &&
  error.name === 'ReplyError' &&
  !/^(?:LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)\b/.test(error.message)

export const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === 'Command timed out'

const words: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'the connection is refused: nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'there is no such host'],
  [/ENOENT/, 'there is no such socket'],
  [/EACCES/, 'this user has no permission for the socket'],
  [/ETIMEDOUT|timed out/, 'no answer in time'],
  [/EHOSTUNREACH|ENETUNREACH/, 'the host cannot be reached'],
  [/WRONGPASS/, 'user or password is wrong'],
  [/NOAUTH/, 'it requires a password'],
  [/without any password configured/, 'it has no password, and one was given'],
  [/DB index is out of range/, 'it has no database of that number'],
  [/wrong version number|packet length too long|SSL routines|EPROTO/, 'there is no TLS on that port'],
  [/self.signed|unable to verify|unable to get (?:local )?issuer|altname|expired/i, 'its certificate is not trusted'],
  [/^READONLY|can't write against a read only replica/, 'it is a read-only replica'],
  [/OOM/, 'it is full (OOM)'],
  [/WRONGTYPE/, 'a key of the prefix holds something else (WRONGTYPE)'],
  [/NOPERM/, 'its user has no permission for a command or key (NOPERM)']
]

/** Why something failed, in words without a secret. */
export const reasonOf = (error: unknown): string => {
  const { message = String(error), code = '' } = error as Partial<NodeJS.ErrnoException>
  const found = words.find(([pattern]) => pattern.test(`${code} ${message}`.trim()) || pattern.test(message))
  return found?.[1] ?? message.replace(/[\r\n]+/g, ' ').slice(0, 200)
}
