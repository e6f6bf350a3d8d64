import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import ts from 'typescript'

/** The parts of a source file for the checks. */
export interface SourceFile {
  readonly path: string
  /** Paths of imported files of our own: values and types, static and dynamic. */
  readonly imports: readonly string[]
  /** Identifiers and string literals with their lines. */
  readonly words: readonly { readonly text: string; readonly line: number }[]
}

/** Reads a TypeScript file; paths are relative to the root of the repository. */
export const readSource = (path: string): SourceFile => {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true)
  const imports: string[] = []
  const words: { text: string; line: number }[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier?.startsWith('.')) imports.push(join(dirname(path), specifier).replace(/\.js$/, '.ts'))
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node))
      words.push({ text: node.text, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1 })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return { path, imports: [...new Set(imports)], words }
}

/** `import … from`, `export … from`, `import('…')` as a value and as a type. */
const specifierOf = (node: ts.Node): string | undefined => {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return textOf(node.moduleSpecifier)
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return textOf(node.argument.literal)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return textOf(node.arguments[0])
  return undefined
}

const textOf = (node: ts.Node | undefined): string | undefined =>
  node && ts.isStringLiteralLike(node) ? node.text : undefined
