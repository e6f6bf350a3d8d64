/** The folders and files of the code in order: each may import only those above it in this list. */
export const rooms = [
  'src/client/api-types.ts',
  'src/base',
  'src/dashboard',
  'src/http',
  'src/session',
  'src/product',
  'routes',
  'src/scenario/engine',
  'src/scenario',
  'src/scenario/format',
  'src/overlay',
  'src/journal',
  'src/space',
  'src/exchange',
  'src/config',
  'src/server/x509.ts',
  'src/server/authority.ts',
  'src/server/identity.ts',
  'src/control',
  'routes/control',
  'src/store',
  'src/server',
  'src/app-options.ts',
  'src/app.ts',
  'src/run',
  'src/grill',
  'src/verify',
  'src/cli',
  'src/client',
  'src/main.ts',
  'src/index.ts'
] as const

export type Room = (typeof rooms)[number]

/** The only files that may import products and control endpoints. */
export const roots: readonly string[] = ['src/main.ts', 'src/index.ts']

/** The room of a file: the longest matching entry. */
export const roomOf = (file: string): Room | undefined =>
  rooms.filter(room => file === room || file.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
