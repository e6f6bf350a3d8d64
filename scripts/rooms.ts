/** The folders and files of the code, from below to above: each imports only what stands above it in this list. */
export const rooms = [
  'src/api',
  'src/base',
  'src/dashboard',
  'src/http',
  'src/session',
  'src/state',
  'src/product',
  'src/kit',
  'routes',
  'src/scenario/engine',
  'src/scenario',
  'src/scenario/format',
  'src/overlay',
  'src/journal',
  'src/space',
  'src/snapshot',
  'src/exchange',
  'src/config',
  'src/tls',
  'src/control',
  'routes/control',
  'src/store',
  'src/server',
  'src/log',
  'src/report',
  'src/exec',
  'src/app-options.ts',
  'src/app.ts',
  'src/startup',
  'src/grill',
  'src/verify',
  'src/cli',
  'src/client',
  'src/main.ts',
  'src/index.ts'
] as const

export type Room = (typeof rooms)[number]

/** The only ones that know which products and control paths there are. */
export const roots: readonly string[] = ['src/main.ts', 'src/index.ts']

/** The room that a file is in: the one with the longest name of those that the path begins with. */
export const roomOf = (file: string): Room | undefined =>
  rooms.filter(room => file === room || file.startsWith(`${room}/`)).sort((a, b) => b.length - a.length)[0]
