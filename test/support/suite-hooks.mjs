// Module hooks of suite.ts: a test file that imports tap gets its own test object.
const files = new Set()

export const initialize = ({ urls }) => {
  for (const url of urls) files.add(url)
}

export const resolve = async (specifier, context, nextResolve) => {
  if (specifier !== 'tap' || !files.has(context.parentURL)) return nextResolve(specifier, context)
  const { url } = await nextResolve(specifier, context)
  return { url: `suite:${context.parentURL}#${url}`, shortCircuit: true }
}

export const load = async (url, context, nextLoad) => {
  if (!url.startsWith('suite:')) return nextLoad(url, context)
  const [file, tap] = url.slice('suite:'.length).split('#')
  const source = `export * from '${tap}'\nexport default globalThis.testsOfFiles.get('${file}')\n`
  return { format: 'module', source, shortCircuit: true }
}
