// The packages in the bundle: how they may be imported, and their licences.
import { readdir, readFile } from 'node:fs/promises'

/**
 * Throws for a lazily imported package: of a CommonJS package, only `default` would be available. Import it in a file of our
 * own with named exports, such as src/product/busboy.ts.
 */
export const checkPackages = ({ inputs }) => {
  for (const [file, { imports }] of Object.entries(inputs))
    for (const { path, kind } of imports)
      if (kind === 'dynamic-import' && path.includes('node_modules/'))
        throw new Error(`${file} imports the package ${path} lazily: let it import a file of ours with the names`)
}

/** The licence texts of all packages with a file in `inputs`. */
export const licencesOf = async inputs => {
  const folders = Object.keys(inputs).flatMap(
    file => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []
  )
  const texts = await Promise.all([...new Set(folders)].sort().map(licenceOf))
  return `The packages in this bundle, and their licences.\n${texts.join('')}`
}

const licenceOf = async folder => {
  const { name, version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'))
  const file = (await readdir(folder)).find(each => /^licen[cs]e/i.test(each))
  if (!file && license !== 'MIT') throw new Error(`${folder} has no text of its licence, ${license}`)
  const text = file
    ? await readFile(`${folder}/${file}`, 'utf8')
    : await mit(author?.name ?? author ?? `the authors of ${name}`)
  return `\n${'-'.repeat(80)}\n${name} ${version} (${license})\n\n${text.trim()}\n`
}

/** For a package under the MIT licence without a copy of it. */
const mit = async holder => (await readFile('LICENSE', 'utf8')).replace(/^Copyright .*$/m, `Copyright (c) ${holder}`)
