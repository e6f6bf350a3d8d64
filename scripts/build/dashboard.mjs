// Builds the dashboard: three files for browsers. The server reads them when a browser requests them.
import { copyFile } from 'node:fs/promises'
import { build } from 'esbuild'

/** Returns esbuild's metafile. */
export const buildDashboard = async outdir => {
  const { metafile } = await build({
    entryPoints: { dashboard: 'src/dashboard/main.tsx' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    tsconfig: 'src/dashboard/tsconfig.json',
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    outdir,
    metafile: true
  })
  await copyFile('src/dashboard/index.html', `${outdir}/index.html`)
  return metafile
}
