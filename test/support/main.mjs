// The command from its source, in whatever folder it is run.
import { register } from 'tsx/esm/api'

register()
await import('../../src/main.ts')
