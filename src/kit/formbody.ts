import formbody from '@fastify/formbody'
import type { FastifyInstance } from 'fastify'

/** Fields by name; of a repeated one all values, in their order. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>

type Parse = (request: undefined, body: string, done: (error: Error | null, fields: FormFields) => void) => void

/**
 * The fields of an urlencoded form as @fastify/formbody reads it: whatever encodes nothing stands for itself, and a repeated field is
 * a list. The plugin registers its parser on an instance of Fastify; here the body has been read already, and the parser is called.
 */
export const parseForm = (body: string): FormFields => {
  let fields: FormFields = {}
  parser(undefined, body, (error, parsed) => {
    if (error) throw error
    fields = parsed
  })
  return fields
}

const registered: Parse[] = []
const recorder = { addContentTypeParser: (_type: string, _options: object, parse: Parse) => registered.push(parse) }
formbody(recorder as unknown as FastifyInstance, {}, () => undefined)
const [parser = () => undefined] = registered
