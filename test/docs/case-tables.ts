import { products } from '../../routes/index.js'
import type { Product } from '../../src/product/product.js'
import type { Case, ExpectedAnswer } from '../../src/verify/cases.js'
import { casesOf } from '../support/cases.js'

/** The generated table of the cases in the page of a product. */
export const caseTable = async (product: Product): Promise<string> => {
  const { cases } = await casesOf(product)
  return table(
    ['case', 'request', 'documented', 'observed', 'source', 'sent by `verify-real`'],
    cases.map(each => [
      each.name,
      code(`${each.request.method} ${each.request.target}`),
      answerOf(each.expect.documented),
      isSame(each) ? 'the same' : answerOf(each.expect.observed),
      each.source,
      sent(each)
    ])
  )
}

/** The generated tables of docs/verify-real.md. */
export const verifyTables = async (): Promise<Readonly<Record<string, string>>> => {
  const facts = await Promise.all(
    products.map(async product =>
      (await casesOf(product)).cases
        .filter(({ source }) => source === 'ours')
        .map(each => [
          product.title,
          each.name,
          answerOf(each.expect.documented),
          `[${each.place}](../routes/${product.name}.md#${anchor(each.place)})`
        ])
    )
  )
  return { ours: table(['product', 'case', 'response of the mock', 'page'], facts.flat()) }
}

const sent = ({ unsafe, step, request }: Case): string => {
  if (unsafe !== undefined) return `no: ${unsafe}`
  if (step === 'expiry') return 'with `--wait-expiry`'
  return /\{wrong password\}/.test(JSON.stringify(request)) ? 'once, not with `--no-wrong-password`' : 'yes'
}

const isSame = ({ expect: { documented, observed } }: Case): boolean =>
  JSON.stringify(documented) === JSON.stringify(observed)

/** Status, media type and body, short. */
const answerOf = ({ status, headers, body }: ExpectedAnswer): string => {
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const text = body.replace(/\s*\n\s*/g, '')
  return [String(status), type ?? '', text === '' ? '' : code(text)].filter(part => part !== '').join(' ')
}

const longest = 160

const code = (text: string): string => `\`${text.length > longest ? `${text.slice(0, longest)}…` : text}\``

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(heads), `|${heads.map(() => '---|').join('')}`, ...rows.map(line), ''].join('\n')

const line = (cells: readonly string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`

/** As GitHub makes it of a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-')
