/** A test case of a JUnit file; `failure` if it failed, `skipped` if it was not run. */
export interface JUnitCase {
  readonly className: string
  readonly name: string
  /** Seconds. */
  readonly time?: number
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string }
  readonly skipped?: string
}

export interface JUnitSuite {
  readonly name: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Seconds. */
  readonly time: number
  readonly cases: readonly JUnitCase[]
}

/** Renders a JUnit file by the schema junit-10.xsd of Jenkins, which CI systems accept. */
export const renderJUnit = ({ name, startedAt, time, cases }: JUnitSuite): string => {
  const counts = attributes({
    name,
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure).length,
    errors: 0,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: time.toFixed(3),
    timestamp: startedAt.slice(0, 19)
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite${counts}>
${cases.map(renderCase).join('')}  </testsuite>
</testsuites>
`
}

const renderCase = ({ className, name, time = 0, failure, skipped }: JUnitCase): string => {
  const head = `    <testcase${attributes({ classname: className, name, time: time.toFixed(3) })}`
  if (failure) {
    const { type, message, text } = failure
    return `${head}>\n      <failure${attributes({ message, type })}>${escapeXml(text)}</failure>\n    </testcase>\n`
  }
  if (skipped === undefined) return `${head}/>\n`
  return `${head}>\n      <skipped${attributes({ message: skipped })}/>\n    </testcase>\n`
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\n\t]/g, ' ')}"`)
    .join('')

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 does not allow become U+FFFD. */
const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"]/g, sign => entities[sign] ?? '')
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
