import { imageCommand } from '../image-command.js'
import type { Node } from '../nodes.js'
import { below } from '../places.js'
import { end } from '../process.js'
import { serve } from '../server.js'
import type { Contender } from './contender.js'
import { sessionMock } from './session-mock.js'

/** session-mock as the image runs it, from the folder that it was copied to. */
export const asTheImage = (app: string): Contender => ({
  ...sessionMock(app),
  command: async ({ node, port }) => {
    const { nodeArgs, file, args, env } = imageCommand(app)
    return { program: node.program, args: [...nodeArgs, file, ...args, '--port', String(port)], env, folder: app }
  }
})

/** What the build of the image does once before any of its starts. */
export const buildImage = async (app: string, node: Node, folder: string): Promise<void> => {
  for (let run = 0; run < imageCommand(app).runsInBuild; run++) {
    const server = await serve(asTheImage(app), node, await below(folder, `build-${run}`))
    await end(server.child, 'SIGTERM')
  }
}
