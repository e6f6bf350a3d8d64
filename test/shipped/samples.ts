import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { Driver } from '../support/driver.js'
import { drivers } from '../support/drivers.js'
import { ask, serving } from '../support/serving.js'

const run = promisify(execFile)
const folder = fileURLToPath(new URL('../fixtures/samples/', import.meta.url))

/** Why a program cannot be run here, or false. */
const lacking = async (name: string, command: string, ...args: string[]): Promise<string | false> =>
  run(command, args).then(
    () => false as const,
    () => `${name} is not here`
  )

const noCurl = await lacking('curl', 'curl', '--version')
const noPython = await lacking('python3', 'python3', '--version')
const noRequests = noPython || (await lacking('requests for python3', 'python3', '-c', 'import requests'))

/** A listening server with the demo account logged in, and what was asked of it. */
const visit = async (t: Test, product: string) => {
  const seen: string[] = []
  const driver = drivers.find(each => each.product.name === product) as Driver
  const { url } = await serving(t, {
    onExchange: ({ method, url, answer }) => seen.push(`${method} ${url} ${answer.status}`)
  })
  const token = driver.issued(await ask(url, driver.login()))
  seen.length = 0
  const alive = async () => driver.succeeded(await ask(url, driver.use(token)))
  return { url, token, seen, alive }
}

/** A sample, with the hosts and credentials that it prints replaced by ours: each must be there. */
const sample = async (name: string, replacements: Readonly<Record<string, string>>): Promise<string> => {
  let text = await readFile(`${folder}${name}`, 'utf8')
  for (const [printed, ours] of Object.entries(replacements)) {
    if (!text.includes(printed)) throw new Error(`${name} has no ${printed}`)
    text = text.replaceAll(printed, ours)
  }
  return text
}

/** A part of what curl is told on top, so that its answer is all that it prints: no progress, its status after it. */
const shell = async (script: string): Promise<string> =>
  (await run('sh', ['-c', script.replace(/^curl /, `curl -sS -w '\\n%{http_code}' `)])).stdout

const python = async (program: string, env: Readonly<Record<string, string>> = {}): Promise<string> =>
  (await run('python3', ['-c', program], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env } })).stdout

t.test('NetBrain’s curl sample logs out', { skip: noCurl }, async t => {
  const { url, token, seen, alive } = await visit(t, 'netbrain')
  const script = await sample('netbrain-logout.sh', {
    'http://192.168.28.79': url,
    '7480e46f-6a25-470e-9c61-351f6b7d86fa': token
  })
  t.equal(await shell(script), '{"statusCode":790200,"statusDescription":"Success."}\n200')
  t.equal(await shell(script), '{"statusCode":795005,"statusDescription":"Invalid token."}\n401')
  t.strictSame(seen, ['DELETE /ServicesAPI/API/V1/Session 200', 'DELETE /ServicesAPI/API/V1/Session 401'])
  t.notOk(await alive())
})

t.test('NetBrain’s Python sample logs out, and prints what its document prints', { skip: noRequests }, async t => {
  const { url, token, alive } = await visit(t, 'netbrain')
  const program = await sample('netbrain-logout.py', {
    'http://IP address of your NetBrain Web API Server': url,
    'a63c6610-1a44-4907-bb57-784179d30ba3': token
  })
  t.equal(await python(program), "{'statusCode': 790200, 'statusDescription': 'Success.'}\n")
  t.equal(
    await python(program),
    'Session logout failed! - {"statusCode":795005,"statusDescription":"Invalid token."}\n'
  )
  t.notOk(await alive())
})

t.test(
  'NetBrain’s Python sample with its wrong and its empty token is refused as printed',
  { skip: noRequests },
  async t => {
    const { url, alive } = await visit(t, 'netbrain')
    for (const token of ['', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']) {
      const program = await sample('netbrain-logout.py', {
        'http://IP address of your NetBrain Web API Server': url,
        'a63c6610-1a44-4907-bb57-784179d30ba3': token
      })
      t.equal(
        await python(program),
        'Session logout failed! - {"statusCode":795005,"statusDescription":"Invalid token."}\n'
      )
    }
    t.ok(await alive())
  }
)

t.test('Videntity’s URL-encoded example, posted by curl, logs out', { skip: noCurl }, async t => {
  const { url, token, alive } = await visit(t, 'videntity')
  const form = (await sample('videntity-logout.form', { Ry5NvPAbceAS123: token })).trim()
  const answer = await shell(`curl -d '${form}' ${url}/session/logout`)
  t.match(
    answer,
    new RegExp(`^<\\?xml version="1.0" encoding="utf-8"\\?>
<response api_method="/session/logout">
    <status>SUCCESS</status>
    <api_tx_number>\\d+</api_tx_number>
    <detail>you logged out successfully</detail>
    <response_name_value>
        <session_key>${token}</session_key>
    </response_name_value>
    <timestamp>\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d</timestamp>
</response>
200$`)
  )
  t.notOk(await alive())
})

t.test('HCX’s curl sample logs out (over http: the server has no TLS)', { skip: noCurl }, async t => {
  const { url, token, seen, alive } = await visit(t, 'hcx')
  const script = await sample('hcx-logout.sh', { 'https://{api_host}': url, '<value>': token })
  t.match(await shell(script), /^\{"success":true,"completed":true,"time":\d{13},"version":"1\.0"\}\n200$/)
  t.match(
    await shell(script),
    /^\{"success":false,"completed":false,"time":\d{13},"version":"1\.0","errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"\}\n401$/
  )
  t.strictSame(seen, ['DELETE /api/admin/v1/sessions 200', 'DELETE /api/admin/v1/sessions 401'])
  t.notOk(await alive())
})

// The samples need the package that a generator makes, and forget `import os`: a stand-in sends what that package
// sends, and `os` is there from the start.
const generated = async (program: string, env: Readonly<Record<string, string>> = {}) =>
  python(`import builtins, os\nbuiltins.os = os\nexec(${JSON.stringify(program)})`, { PYTHONPATH: folder, ...env })

const host = 'http://localhost:3000'

t.test('CBRAIN’s Python sample logs in (with a stand-in for the generated client)', { skip: noPython }, async t => {
  const { url, seen } = await visit(t, 'cbrain')
  const credentials = { [host]: url, login_example: 'demo', password_example: 'demo' }
  t.match(
    await generated(await sample('cbrain-session-post.py', credentials)),
    /^The response of SessionsApi->session_post:\n\nSessionInfo\(user_id=1, cbrain_api_token='[0-9a-f]{32}'\)\n$/
  )
  t.equal(
    await generated(await sample('cbrain-session-post.py', { [host]: url })),
    'Exception when calling SessionsApi->session_post: (401)\nReason: Unauthorized\n\n'
  )
  t.strictSame(seen, ['POST /session 200', 'POST /session 401'])
})

t.test(
  'CBRAIN’s Python sample gets its session (with a stand-in for the generated client)',
  { skip: noPython },
  async t => {
    const { url, token } = await visit(t, 'cbrain')
    const program = await sample('cbrain-session-get.py', { [host]: url })
    t.equal(
      await generated(program, { API_KEY: token }),
      `The response of SessionsApi->session_get:\n\nSessionInfo(user_id=1, cbrain_api_token='${token}')\n`
    )
    t.equal(
      await generated(program, { API_KEY: '00112233445566778899aabbccddeeff' }),
      'Exception when calling SessionsApi->session_get: (401)\nReason: Unauthorized\n\n'
    )
  }
)

t.test('CBRAIN’s Python sample logs out (with a stand-in for the generated client)', { skip: noPython }, async t => {
  const { url, token, alive } = await visit(t, 'cbrain')
  const program = await sample('cbrain-session-delete.py', { [host]: url })
  t.equal(await generated(program, { API_KEY: token }), '')
  t.notOk(await alive())
  t.equal(
    await generated(program, { API_KEY: token }),
    'Exception when calling SessionsApi->session_delete: (401)\nReason: Unauthorized\n\n'
  )
})
