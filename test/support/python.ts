import { has } from './checkout.js'

/** The command of a Python with pytest, if there is one. */
export const pythonWithPytest = async (): Promise<string | undefined> => {
  for (const python of ['python3', '/usr/bin/python3'])
    if (await has(python, '-m', 'pytest', '--version')) return python
  return undefined
}
