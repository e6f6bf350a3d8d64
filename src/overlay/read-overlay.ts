import { UserError } from '../base/user-error.js'
import type { Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import { readSource, type Source } from '../scenario/format/source.js'
import { readYaml } from '../scenario/format/yaml-document.js'
import { ScenarioError } from '../scenario/validation-issue.js'
import { Overlay } from './overlay.js'
import { overlayIssues } from './overlay-checks.js'
import type { OverlayDocument } from './overlay-document.js'
import { overlaySchema } from './overlay-schema.js'

/** The overlay of these files; later files override earlier ones. Throws a UserError with all problems. */
export const readOverlays = async (files: readonly string[], products: readonly Product[]): Promise<Overlay> => {
  const documents = await Promise.all(files.map(async file => parseOverlay(await sourceOf(file), products)))
  return new Overlay(documents.flatMap(({ products }) => Object.entries(products)))
}

const sourceOf = async (file: string): Promise<Source> => {
  const source = await readSource(file)
  if (source) return source
  throw new UserError(`--overlay "${file}": there is no such file`)
}

/** Parses an overlay. Throws ScenarioError. */
export const parseOverlay = (source: Source, products: readonly Product[]): OverlayDocument => {
  const { value, locate, issues: issuesOf } = readYaml(source)
  const wrong = issuesOf(createChecks()(overlaySchema(products)))
  if (wrong.length > 0) throw new ScenarioError(wrong.map(locate))
  const document = value as OverlayDocument
  const issues = overlayIssues(document, products)
  if (issues.length > 0) throw new ScenarioError(issues.map(locate))
  return document
}
