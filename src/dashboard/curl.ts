import type { Row } from './page-types.js'

/** Headers that curl or the connection sets. */
const own = new Set(['host', 'connection', 'content-length', 'accept-encoding', 'transfer-encoding', 'expect'])

/** A command that repeats the request to `origin`. Hidden parts of the journal remain hidden. */
export const curlOf = ({ method, request, space }: Row, origin: string): string => {
  const path = request.line.replace(/^\S+ /, '').replace(/ HTTP\/[\d.]+$/, '')
  const prefix = space === 'default' ? '' : `/~${space}`
  const isPlain = method === 'GET' || (method === 'POST' && request.body !== undefined)
  return [
    'curl',
    ...(method === 'HEAD' ? ['-I'] : isPlain ? [] : ['-X', quoted(method)]),
    ...Object.entries(request.headers)
      .filter(([name]) => !own.has(name.toLowerCase()) && !(prefix && name.toLowerCase() === 'x-mock-space'))
      .map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(request.body === undefined ? [] : [`--data-raw ${quoted(request.body)}`]),
    quoted(`${origin}${prefix}${path}`)
  ].join(' ')
}

/** Quoted as one word for a shell. */
const quoted = (text: string): string => (/^[\w./:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
