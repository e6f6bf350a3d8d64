// Builds the dashboard: three files for browsers. The server reads them when a browser requests them.
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

// The limit is 60 KB. Short names, methods and variables save 1.5 KB, 0.6 KB and 0.5 KB.

/** Properties of the dashboard's own objects that are neither in JSON nor in objects of the browser. */
const ownNames = JSON.parse(await readFile('src/dashboard/short-names.json', 'utf8'))

/** Methods of class components in Preact and the dashboard. */
const componentMethods =
  'UNSAFE_\\w+|component[WD]\\w+|getDerived\\w+|getSnapshot\\w+|getChildContext|shouldComponentUpdate|debounceRendering|contextType'

/** Returns esbuild's metafile. */
export const buildDashboard = async outdir => {
  const { metafile } = await build({
    entryPoints: { dashboard: 'src/dashboard/main.tsx' },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome109', 'firefox115', 'safari16.4'],
    tsconfigRaw: {},
    minify: true,
    charset: 'utf8',
    mangleProps: new RegExp(`^(${ownNames.join('|')}|${componentMethods})$`),
    // The classic transform needs fewer bytes than the automatic one.
    jsx: 'transform',
    jsxFactory: 'h',
    jsxFragment: 'Fragment',
    inject: ['src/dashboard/jsx.ts'],
    legalComments: 'none',
    outdir,
    metafile: true
  })
  const style = `${outdir}/dashboard.css`
  await writeFile(style, withShortVariables(await readFile(style, 'utf8')))
  await copyFile('src/dashboard/index.html', `${outdir}/index.html`)
  return metafile
}

/** Shortens custom properties, which no script uses, and removes the spaces that esbuild leaves in them. */
const withShortVariables = style => {
  const names = [...new Set(style.match(/--[a-z-]+/g))]
  return style.replace(/--[a-z-]+/g, name => `--${names.indexOf(name).toString(36)}`).replace(/(--\w+): /g, '$1:')
}
