import type { Result } from 'iovalkey'
import type { ScriptName } from './scripts.js'

export { Cluster, Redis } from 'iovalkey'

type ScriptCommand = `session-mock-${ScriptName}`

/** The scripts as commands of a connection; their replies are read by `replies.ts`. */
type ScriptCommands<Reply> = { readonly [Name in ScriptCommand]: (...args: (string | number | Buffer)[]) => Reply }

declare module 'iovalkey' {
  interface RedisCommander<Context> extends ScriptCommands<Result<unknown, Context>> {}
}
