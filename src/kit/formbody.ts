import { parse } from 'fast-querystring'

/** Fields by name; all values of a repeated one, in order. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>

/**
 * The fields of an urlencoded form: invalid percent-encoding is kept as text, and a repeated field is a list. Never throws.
 * The parser is the one that @fastify/formbody uses.
 */
export const parseForm = (body: string): FormFields => parse(body)
