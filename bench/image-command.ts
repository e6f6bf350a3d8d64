import { join } from 'node:path'

export interface ImageCommand {
  /** What stands between the program and the file, such as `--snapshot-blob`. */
  readonly nodeArgs: readonly string[]
  readonly file: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** How often the build runs the server, up to its first response and SIGTERM, so as to fill what it reads at its start. */
  readonly runsInBuild: number
}

/** How the image runs session-mock: to be kept like the build stage, the ENV and the ENTRYPOINT of the Dockerfile. */
export const imageCommand = (app: string): ImageCommand => ({
  nodeArgs: [],
  file: join(app, 'dist/main.js'),
  args: [],
  env: { SESSION_MOCK_HOST: '0.0.0.0', NODE_COMPILE_CACHE: join(app, 'dist/compile-cache') },
  runsInBuild: 1
})
