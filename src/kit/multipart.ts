import { Malformed } from '../product/body.js'

/**
 * The fields of a `multipart/form-data` body; the last value of a repeated one. Files and parts without a name are ignored.
 * Throws Malformed if the body is malformed or truncated, the boundary is missing, or a value is not UTF-8.
 */
export const readMultipart = async (contentType: string, body: Buffer): Promise<Record<string, string>> => {
  if (body.length === 0) return {}
  const { Busboy } = await import('./busboy.js')
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown) => reject(new Malformed(String(error)))
    const fields = new Map<string, string>()
    const form = parserOf(() => new Busboy({ headers: { 'content-type': contentType } }))
    form.on('field', (name: string | undefined, value) => {
      if (value.includes('\uFFFD')) refuse(`the field ${name} is not UTF-8`)
      if (name !== undefined) fields.set(name, value)
    })
    // A truncated file emits its own error, and an unhandled one would end the process.
    form.on('file', (_name, file) => file.on('error', refuse).resume())
    form.on('finish', () => resolve(Object.fromEntries(fields)))
    form.on('error', refuse)
    form.end(body)
  })
}

/** Busboy throws if the Content-Type has no boundary. A TypeError is a bug of its caller. */
const parserOf = <Parser>(create: () => Parser): Parser => {
  try {
    return create()
  } catch (error) {
    throw error instanceof TypeError ? error : new Malformed(String(error))
  }
}
