import { convert } from 'xmlbuilder2'

interface Shape {
  readonly children: readonly string[]
  readonly required: readonly string[]
  readonly allowed: readonly string[]
}

/** The elements of a JUnit file, by junit-10.xsd of Jenkins' xUnit plugin; `#` is text. */
const shapes: Readonly<Record<string, Shape>> = {
  testsuites: { children: ['testsuite'], required: [], allowed: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    children: ['testcase', 'properties', 'system-out', 'system-err'],
    required: ['name', 'tests', 'failures', 'errors'],
    allowed: ['time', 'skipped', 'timestamp', 'hostname', 'id', 'package', 'file']
  },
  testcase: {
    children: ['failure', 'error', 'skipped', 'system-out', 'system-err'],
    required: ['name'],
    allowed: ['time', 'classname']
  },
  failure: { children: ['#'], required: [], allowed: ['type', 'message'] },
  skipped: { children: ['#'], required: [], allowed: ['type', 'message'] },
  'system-out': { children: ['#'], required: [], allowed: [] }
}

/** The violations of the JUnit schema; empty for a valid file. Throws for invalid XML. */
export const junitProblems = (xml: string): string[] => {
  const document: object = convert(xml, { format: 'object', verbose: true })
  const [root, ...others] = Object.entries(document)
  if (root?.[0] !== 'testsuites' || others.length > 0) return ['the root is not testsuites']
  return [root[1]].flat().flatMap(element => problemsOf('testsuites', element))
}

const problemsOf = (name: string, element: unknown): string[] => {
  const shape = shapes[name]
  if (!shape) return [`${name} is not known`]
  if (typeof element !== 'object' || element === null) return []
  const entries = Object.entries(element)
  const attributes = entries.filter(([key]) => key.startsWith('@')).map(([key]) => key.slice(1))
  const children = entries.filter(([key]) => !key.startsWith('@'))
  return [
    ...shape.required.filter(each => !attributes.includes(each)).map(each => `${name} has no ${each}`),
    ...attributes
      .filter(each => ![...shape.required, ...shape.allowed].includes(each))
      .map(each => `${name} has ${each}`),
    ...children.flatMap(([key, value]) => {
      if (key === '#') return shape.children.includes('#') ? [] : [`${name} has text`]
      if (!shape.children.includes(key)) return [`${name} has a ${key}`]
      return [value].flat().flatMap(each => problemsOf(key, each))
    }),
    ...timeProblem(name, new Map(entries).get('@time'))
  ]
}

const timeProblem = (name: string, time: unknown): string[] =>
  time === undefined || /^[0-9]{1,3}\.[0-9]*$/.test(String(time)) ? [] : [`${name} has the time ${time}`]
