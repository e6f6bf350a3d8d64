import t from 'tap'
import { faultsOf } from '../scripts/architecture.js'
import { readSource } from '../scripts/imports.js'

/** A file with what it imports and spells. */
const file = (path: string, imports: readonly string[] = [], ...texts: string[]) => ({
  path,
  imports,
  loads: imports,
  words: texts.map((text, index) => ({ text, line: index + 1 }))
})

t.test('imports in the order of the folders are accepted', async t => {
  const files = [
    file('src/base/words.ts'),
    file('src/http/answer.ts', ['src/base/words.ts']),
    file('routes/toy.ts', ['src/http/answer.ts'], 'toy'),
    file('src/main.ts', ['routes/toy.ts', 'src/http/answer.ts'])
  ]
  t.strictSame(faultsOf(files, ['toy']), [])
})

t.test('an import against the order of the folders is reported', async t => {
  t.strictSame(faultsOf([file('src/http/answer.ts', ['src/journal/journal.ts'])], []), [
    'src/http/answer.ts imports src/journal/journal.ts: src/http is below src/journal and must not import it'
  ])
})

t.test('only the command and the package import the products', async t => {
  t.strictSame(faultsOf([file('src/app.ts', ['routes/control/index.ts'])], []), [
    'src/app.ts imports routes/control/index.ts: only src/main.ts and src/index.ts may'
  ])
})

t.test('a file that no entry imports is reported', async t => {
  const files = [file('src/main.ts', ['src/base/used.ts']), file('src/base/used.ts'), file('src/base/unused.ts')]
  t.strictSame(faultsOf(files, []), ['src/base/unused.ts is imported by nothing that ships: import it or delete it'])
})

t.test('a circle of imports is reported once, with its path', async t => {
  const files = [
    file('src/base/a.ts', ['src/base/b.ts']),
    file('src/base/b.ts', ['src/base/c.ts']),
    file('src/base/c.ts', ['src/base/b.ts'])
  ]
  t.strictSame(faultsOf(files, []), ['a circle of imports: src/base/b.ts -> src/base/c.ts -> src/base/b.ts'])
})

t.test('code in src/ contains no product name', async t => {
  t.strictSame(faultsOf([file('src/base/a.ts', [], 'such as toy', 'toy', 'toy.login', 'Toy')], ['toy']), [
    'src/base/a.ts:2 contains a product\'s name, "toy"',
    'src/base/a.ts:3 contains a product\'s name, "toy.login"',
    'src/base/a.ts:4 contains a product\'s name, "Toy"'
  ])
})

t.test('a file in an unlisted folder is reported', async t => {
  t.strictSame(faultsOf([file('src/new/a.ts')], []), ['src/new/a.ts is in none of the folders of scripts/rooms.ts'])
})

t.test('a view may import what the dashboard may, and contains no product name', async t => {
  const folder = t.testdir({
    'view.tsx': `import type { Space } from '../space/space.js'
export const View = () => <p class="toy">toy</p>
`,
    'style.css': `@import './colours.css';
.panel { color: red }
.product.toy { color: red }
`
  })
  const read = (name: string) => ({ ...readSource(`${folder}/${name}`), path: `src/dashboard/${name}` })
  t.strictSame(faultsOf([{ ...read('view.tsx'), imports: ['src/space/space.ts'] }, read('style.css')], ['toy']), [
    'src/dashboard/view.tsx imports src/space/space.ts: src/dashboard is below src/space and must not import it',
    'src/dashboard/view.tsx:2 contains a product\'s name, "toy"',
    'src/dashboard/view.tsx:2 contains a product\'s name, "toy"',
    'src/dashboard/style.css:3 contains a product\'s name, "toy"'
  ])
  t.match(read('view.tsx').imports.join(), /space\/space\./)
  t.match(read('style.css').imports.join(), /colours\.css$/)
})

t.test('the imports of a view are found in files of either extension', async t => {
  const { imports } = readSource('src/dashboard/main.tsx')
  for (const path of ['src/dashboard/model.ts', 'src/dashboard/views/app.tsx', 'src/dashboard/dashboard.css'])
    t.ok(imports.includes(path), path)
})
