import { has } from './checkout.js'

/** The Python here that has pytest, if one has. */
export const pythonWithPytest = async (): Promise<string | undefined> => {
  for (const python of ['python3', '/usr/bin/python3'])
    if (await has(python, '-m', 'pytest', '--version')) return python
  return undefined
}
