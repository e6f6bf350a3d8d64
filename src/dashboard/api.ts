/** An answer of the control API that is no success, in its own words. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    detail: string
  ) {
    super(detail)
  }
}

const tokenKey = 'session-mock admin token'

export const adminToken = (): string | undefined => sessionStorage.getItem(tokenKey) ?? undefined

/** Kept for this tab, and no longer. */
export const keepAdminToken = (token: string): void => sessionStorage.setItem(tokenKey, token)

export const authorization = (): Record<string, string> => {
  const token = adminToken()
  return token === undefined ? {} : { Authorization: `Bearer ${token}` }
}

export interface Ask {
  readonly method?: string
  /** Narrows it to one space; all where it is left out. */
  readonly space?: string | undefined
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown
}

/** Asks the control API, at a path below `/__admin/`. Throws a Refused, or a TypeError where no server answers. */
export const ask = async (path: string, { method = 'GET', space, query = {}, body }: Ask = {}): Promise<Response> => {
  const search = new URLSearchParams({ ...query, ...(space === undefined ? {} : { space }) }).toString()
  const response = await fetch(`${path}${search && `?${search}`}`, {
    method,
    headers: authorization(),
    cache: 'no-store',
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) })
  })
  if (response.ok) return response
  throw new Refused(response.status, await detailOf(response))
}

export const askJson = async <Told>(path: string, asked?: Ask): Promise<Told> =>
  (await ask(path, asked)).json() as Promise<Told>

export const askText = async (path: string, asked?: Ask): Promise<string> => (await ask(path, asked)).text()

const detailOf = async (response: Response): Promise<string> => {
  const text = await response.text().catch(() => '')
  try {
    const { detail, title } = JSON.parse(text) as { detail?: string; title?: string }
    return detail ?? title ?? text
  } catch {
    return text || `${response.status} ${response.statusText}`
  }
}

export const messageOf = (error: unknown): string => {
  if (error instanceof Refused) return error.message
  if (error instanceof TypeError) return 'The server does not respond.'
  return error instanceof Error ? error.message : String(error)
}
