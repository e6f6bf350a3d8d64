import { messageOf as textOf } from '../base/error-message.js'

/** An error response of the control API, with its own message. */
export class RefusedError extends Error {
  constructor(
    readonly status: number,
    detail: string
  ) {
    super(detail)
  }
}

const tokenKey = 'session-mock admin token'

export const adminToken = (): string | undefined => sessionStorage.getItem(tokenKey) ?? undefined

/** Kept for this browser tab. */
export const keepAdminToken = (token: string): void => sessionStorage.setItem(tokenKey, token)

export const authorization = (): Record<string, string> => {
  const token = adminToken()
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

export interface CallOptions {
  readonly method?: string
  /** A single space; default all. */
  readonly space?: string | undefined
  readonly query?: Readonly<Record<string, string>>
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown
}

/** Sends a request to a path below `/__admin/`. Throws a RefusedError, or a TypeError without a response. */
export const call = async (
  path: string,
  { method = 'GET', space, query = {}, body }: CallOptions = {}
): Promise<Response> => {
  const search = new URLSearchParams({ ...query, ...(space === undefined ? {} : { space }) }).toString()
  const response = await fetch(`${path}${search && `?${search}`}`, {
    method,
    headers: authorization(),
    cache: 'no-store',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  if (response.ok) return response
  throw new RefusedError(response.status, await detailOf(response))
}

export const callJson = async <Answer>(path: string, options?: CallOptions): Promise<Answer> =>
  (await call(path, options)).json()

export const callText = async (path: string, options?: CallOptions): Promise<string> =>
  (await call(path, options)).text()

const detailOf = async (response: Response): Promise<string> => {
  const text = await response.text().catch(() => '')
  try {
    const { detail, title }: { detail?: string; title?: string } = JSON.parse(text)
    return detail ?? title ?? text
  } catch {
    return text || `${response.status} ${response.statusText}`
  }
}

export const messageOf = (error: unknown): string => {
  if (error instanceof RefusedError) return error.message
  if (error instanceof TypeError) return 'The server does not respond.'
  return textOf(error)
}
