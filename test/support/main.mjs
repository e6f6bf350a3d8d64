// The command from its source, in any working directory.
import { register } from 'tsx/esm/api'

register()
await import('../../src/main.ts')
