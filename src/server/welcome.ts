import type { IncomingMessage, ServerResponse } from 'node:http'
import { send } from '../http/problem.js'
import type { Product } from '../product/product.js'
import { controlPath } from '../product/routes.js'

interface Welcome {
  readonly products: readonly Product[]
  readonly version: string
  readonly hasDashboard: boolean
  readonly control: 'beside' | 'alone' | 'elsewhere'
}

/** Answers `GET /` and `HEAD /` with an overview: HTML if the client accepts it, as browsers do, or else JSON. */
export const welcome = (request: IncomingMessage, response: ServerResponse, { products, ...rest }: Welcome): void => {
  const content = { ...rest, products: rest.control === 'alone' ? [] : products }
  const isHtml = (request.headers.accept ?? '').includes('text/html')
  const body = isHtml ? htmlOf(content) : `${JSON.stringify(jsonOf(content), undefined, 2)}\n`
  const type = isHtml ? 'text/html; charset=utf-8' : 'application/json'
  send({ status: 200, headers: { 'Content-Type': type, Vary: 'Accept' }, body }, response)
}

const jsonOf = ({ products, version, hasDashboard, control }: Welcome) => ({
  name: 'session-mock',
  version,
  products: Object.fromEntries(
    products.map(({ name, title, base, operations }) => [
      name,
      { title, base, operations: operations.flatMap(({ routes: [first] }) => (first ? [first.join(' ')] : [])) }
    ])
  ),
  ...(control === 'elsewhere' ? {} : { control: controlPath, links: linksOf(hasDashboard).map(([path]) => path) })
})

const dashboardLink = [`${controlPath}/`, 'dashboard'] as const

const linksOf = (hasDashboard: boolean) => (hasDashboard ? [dashboardLink, ...links] : links)

const links = [
  [`${controlPath}/health`, 'health'],
  [`${controlPath}/requests`, 'journal of requests'],
  [`${controlPath}/sessions`, 'open sessions'],
  [`${controlPath}/scenario`, 'scenario'],
  [`${controlPath}/openapi.json`, 'OpenAPI description']
] as const

const htmlOf = ({ products, version, hasDashboard, control }: Welcome): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>session-mock</title>
<link rel="icon" href="data:,">
<h1>session-mock ${version}</h1>
<ul>
${products.map(productHtml).join('')}</ul>
${control === 'elsewhere' ? '' : controlHtml(hasDashboard)}</html>
`

const productHtml = ({ title, base, operations }: Product): string =>
  `<li>${title}${base && `, below <code>${base}</code>`}: ${operations
    .flatMap(({ routes: [first] }) => (first ? [`<code>${first.join(' ')}</code>`] : []))
    .join(', ')}</li>\n`

const controlHtml = (hasDashboard: boolean): string => `<p>Control API, <code>${controlPath}</code>:</p>
<ul>
${linksOf(hasDashboard)
  .map(([path, text]) => `<li><a href="${path}">${text}</a></li>\n`)
  .join('')}</ul>
`
