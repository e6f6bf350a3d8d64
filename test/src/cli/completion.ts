import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { run } from '../../support/command.js'

const shell = promisify(execFile)

/** What bash offers after these words. */
const offered = async (t: Tap, ...words: string[]): Promise<string[]> => {
  const { out } = await run(['completion', 'bash'])
  const file = `${t.testdir({ 'completion.bash': out })}/completion.bash`
  const script =
    'source "$1"; shift; COMP_WORDS=(session-mock "$@"); COMP_CWORD=$#; _session_mock; printf "%s\\n" "$' +
    '{COMPREPLY[@]}"'
  const { stdout } = await shell('bash', ['-c', script, 'bash', file, ...words])
  return stdout.split('\n').filter(word => word !== '')
}

type Tap = Pick<typeof t, 'testdir'>

t.test('bash completes commands, options and values of settings', async t => {
  t.same(await offered(t, 'health'), ['healthcheck'])
  t.same(await offered(t, '--log-l'), ['--log-level'])
  t.same(await offered(t, 'healthcheck', '--wa'), ['--wait'])
  t.same(await offered(t, '--accounts', ''), ['listed', 'any'])
  t.same(await offered(t, '--products', 'c'), ['cbrain'])
  t.same(await offered(t, 'completion', 'f'), ['fish'])
  t.same(await offered(t, 'verify-real', 'v'), ['videntity'])
  t.same(await offered(t, 'verify-real', '--fidelity', 'o'), ['observed'])
})

t.test('zsh and fish have completions, and another shell is refused', async t => {
  t.match((await run(['completion', 'zsh'])).out, /^#compdef session-mock\n/)
  t.match((await run(['completion', 'fish'])).out, /-l log-level -x -a "trace debug info warn error fatal silent"/)
  t.match((await run(['completion', 'fish'])).out, 'from verify-real" -x -a "netbrain videntity cbrain hcx"\n')
  t.match(await run(['completion', 'csh']), { code: 2, err: /expected bash, zsh or fish/ })
})
