import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { has } from './checkout.js'

/** The command of a Python with pytest, if there is one. */
export const pythonWithPytest = async (): Promise<string | undefined> => {
  for (const python of ['python3', '/usr/bin/python3'])
    if (await has(python, '-m', 'pytest', '--version')) return python
  return undefined
}

/** The program behind a name such as `python3`, which may be a script that searches for it at every start. */
export const pythonProgram = (name: string): Promise<string> =>
  promisify(execFile)(name, ['-c', 'import sys; print(sys.executable)']).then(
    ({ stdout }) => stdout.trim(),
    () => name
  )
