import type { Driver, Request } from './driver.js'

/** A login with this name, by default with the password demo. */
export const loginAs = (driver: Driver, login: string, password = 'demo'): Request => {
  const form = driver.login()
  // The toy product has no names of fields.
  if (form.headers?.['content-type'] === 'text/plain') return { ...form, payload: `${login} ${password}` }
  const fill = (text: string, field: string, value: string) =>
    text.replace(new RegExp(`((?:${field})"?[=:]"?)demo`), (_, before: string) => `${before}${value}`)
  return { ...form, payload: fill(fill(form.payload ?? '', 'username|login', login), 'password', password) }
}
