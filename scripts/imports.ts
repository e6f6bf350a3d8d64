import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** The parts of a source file for the checks. */
export interface SourceFile {
  readonly path: string
  /** Paths of imported files of our own: values and types, static and dynamic. */
  readonly imports: readonly string[]
  /** Those of them that are loaded: imports of types alone are not. */
  readonly loads: readonly string[]
  /** Identifiers, string literals and texts of elements with their lines; of a stylesheet, all words. */
  readonly words: readonly { readonly text: string; readonly line: number }[]
}

/** Reads a TypeScript file or a stylesheet; paths are relative to the root of the repository. */
export const readSource = (path: string): SourceFile =>
  path.endsWith('.css') ? readStyle(path, readFileSync(path, 'utf8')) : readCode(path, readFileSync(path, 'utf8'))

/** The file that an import names: TypeScript is imported as `.js`. */
const fileOf = (path: string): string =>
  [path.replace(/\.js$/, '.ts'), path.replace(/\.js$/, '.tsx')].find(each => existsSync(each)) ?? path

const readCode = (path: string, text: string): SourceFile => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true)
  const imports: string[] = []
  const loads: string[] = []
  const words: { text: string; line: number }[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier?.startsWith('.')) {
      const target = fileOf(join(dirname(path), specifier))
      imports.push(target)
      if (!isOfTypes(node)) loads.push(target)
    }
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node) || ts.isJsxText(node))
      words.push({ text: node.text.trim(), line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { path, imports: [...new Set(imports)], loads: [...new Set(loads)], words }
}

const readStyle = (path: string, text: string): SourceFile => ({
  path,
  loads: [],
  imports: [...text.matchAll(/@import\s+(?:url\()?['"](\.[^'"]+)/g)].map(([, target = '']) =>
    join(dirname(path), target)
  ),
  words: text
    .split('\n')
    .flatMap((line, index) => (line.match(/[a-z]\w*/gi) ?? []).map(word => ({ text: word, line: index + 1 })))
})

/** `import … from`, `export … from`, `import('…')` as a value and as a type. */
const specifierOf = (node: ts.Node): string | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0])
  return undefined
}

/** Imports of types alone are erased. */
const isOfTypes = (node: ts.Node): boolean => {
  if (ts.isImportTypeNode(node)) return true
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  if (!ts.isImportDeclaration(node)) return false
  const { importClause } = node
  if (!importClause) return false
  const { namedBindings } = importClause
  const areTypes =
    namedBindings && ts.isNamedImports(namedBindings) && namedBindings.elements.every(({ isTypeOnly }) => isTypeOnly)
  return importClause.isTypeOnly || (importClause.name === undefined && areTypes === true)
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined
