import { choice, UserError } from '../../base/user-error.js'
import { type Fidelity, fidelities, type Product } from '../../product/product.js'
import { spaceName } from '../../state/space-name.js'
import { port } from './numbers.js'
import type { Parse, ParseContext } from './parse.js'
import { oneOf, suggestion } from './words.js'

/** The additional port of one product, with the space of its requests, if it has one. */
export interface ProductPort {
  readonly product: Product
  readonly port: number
  readonly space?: string
}

/** `<product>=<port>`, or `<product>=<port>@<space>`, for each port. */
export const listeners: Parse<readonly ProductPort[]> = (values, context) =>
  values.map(value => {
    const [, name = '', number, space] = /^([^=]*)(?:=([^@]*)(?:@(.*))?)?$/s.exec(value) ?? []
    if (number === undefined) throw new UserError('expected <product>=<port>, or <product>=<port>@<space>')
    if (space !== undefined && !spaceName.test(space))
      throw new UserError('expected the name of a space after @: 1 to 64 letters, digits, ".", "_" or "-"')
    return { product: findProduct(name, context), port: port([number], context), ...(space !== undefined && { space }) }
  })

/** The named ones, each once, in the order of the server's list. */
export const someProducts: Parse<readonly Product[]> = (values, context) => {
  const named = values.map(name => findProduct(name, context))
  return context.products.filter(product => named.includes(product))
}

/** `observed` for all, `<product>=observed` for one; of several for the same product the last counts. */
export const fidelity: Parse<Readonly<Record<string, Fidelity>>> = (values, context) => {
  const parseFidelity = oneOf(...fidelities)
  return Object.fromEntries(
    values.flatMap(value => {
      const [name = '', word] = value.split('=', 2)
      if (word === undefined) return context.products.map(product => [product.name, parseFidelity([value], context)])
      return [[findProduct(name, context).name, parseFidelity([word], context)]]
    })
  )
}

const findProduct = (name: string, { products }: ParseContext): Product => {
  const found = products.find(product => product.name === name)
  if (found) return found
  const names = products.map(product => product.name)
  throw new UserError(`expected the name of a product, ${choice(names)}${suggestion(name, names)}`)
}
