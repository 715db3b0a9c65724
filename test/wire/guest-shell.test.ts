import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLab, passwordClient, type Ended, type Lab } from '../support/guests'

const password = 'Richtig!Lang9'
let lab: Lab
let client: Client

beforeAll(async () => {
  lab = await openLab({ setup: { adminPassword: password } })
  client = await passwordClient(await lab.port(), 'password', password)
})
afterAll(async () => {
  client.end()
  await lab.close()
})

/** What the shell of the practice machine makes of a script. */
function inGuest(script: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    client.exec(script, (error, channel) => {
      if (error) return reject(error)
      const ended = { code: -1, stdout: '', stderr: '' }
      channel.on('data', (bytes: Buffer) => (ended.stdout += bytes.toString()))
      channel.stderr.on('data', (bytes: Buffer) => (ended.stderr += bytes.toString()))
      channel.on('exit', (code: number) => (ended.code = code))
      channel.on('close', () => resolve({ ...ended, stderr: plain(ended.stderr) }))
      channel.end()
    })
  })
}

/** What the bash of this computer makes of it, in an empty folder. */
function inBash(script: string): Ended {
  const cwd = mkdtempSync(join(tmpdir(), 'bash-'))
  const { status, stdout, stderr } = spawnSync('/bin/bash', ['-c', script], { cwd, encoding: 'utf8' })
  return { code: status ?? -1, stdout, stderr: plain(stderr) }
}

/** Real bash says in which line of which file. */
function plain(stderr: string): string {
  return stderr.replace(/^\S*bash: (?:line \d+: )?/gm, 'bash: ')
}

const lists = [
  '{ false; } || echo x',
  '{ false; true; } || echo x',
  '{ false; echo in; } && echo x',
  '! { false; echo in; }',
  '(false; echo in) || echo x',
  '{ { false; echo in; }; } || echo x',
  'f() { false; echo in; }; f || echo x',
  'f() { false; echo in; }; f',
  'f() { return 2; }; f || { echo "gave $?"; false; }',
  'f() { [[ a == b ]] && echo x; }; f',
  'f() { [ "$1" = a ] || return 5; echo in; }; f a; f b || echo "gave $?"; f b',
  'a() { b; }; b() { c || return 9; echo in b; }; c() { false; echo in c; }; a',
  'for i in 1 2; do false; done || echo x',
  'for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] || echo $i; done',
  'case a in a) false;; esac || echo x',
  'if true; then false; fi || echo x',
  'if true; then false && true; fi',
  '{ false && true; }',
  '(false && true)',
  'false || true && echo z; true && false || echo y; false || false',
  '{ ( exit 4 ); } || echo "gave $?"',
  "eval 'false; echo in' || echo y",
  'x=$(false; echo in); echo "$x"; x=$(exit 4) || echo "gave $?"',
  'echo "$(echo a)" $(exit 3) "$(< /dev/null)"; false',
  'set -o pipefail; { echo a; false; } | cat || echo x; false | cat',
  'test -f /nosuch && { echo a; }',
  'cd /nosuch || echo x; cd /nosuch',
  "x=7; trap 'echo bye $x $?' EXIT; false",
]

const refusals = [
  'echo a > /nosuch/x; echo "gave $?"',
  'echo a >> /nosuch/x || echo refused',
  '{ echo a; } > /nosuch/x; echo "gave $?"',
  '(echo a) > /nosuch/x; echo "gave $?"',
  'for i in 1; do echo $i; done > /nosuch/x; echo "gave $?"',
  'if true; then echo a; fi 2> /nosuch/x; echo "gave $?"',
  'f() { echo a; }; f &> /nosuch/x; echo "gave $?"',
  '> /nosuch/x; echo "gave $?"',
  'x=$(echo a > /nosuch/x); echo "gave $?"',
  'if echo a > /nosuch/x; then echo yes; else echo no; fi',
  'echo a | cat > /nosuch/x; echo "gave $?"',
  'cat <<END > /nosuch/x\ntext\nEND\necho "gave $?"',
  'cat < /nosuch/x; echo "gave $?"',
  'echo a > /tmp; echo "gave $?"',
  'echo a > /etc/hostname/x; echo "gave $?"',
  'set -e; echo a > /nosuch/x || echo refused; echo a > /nosuch/x; echo never',
  'exec > /nosuch/x; echo on',
]

const files = [
  '{ echo one; echo two; } > block; echo three >> block 2>&1; cat block; wc -l < block',
  '(echo out; echo err >&2) > o 2> e; cat o e; (echo out; echo err >&2) &> both; sort both',
  'echo a > a > b; wc -c < a; cat b; echo hi 2>&1 > c | cat; cat c',
  'seq 3 | while read n; do echo "n$n"; done > d || echo bad; cat d',
  'set -o noclobber; echo a > n; echo b > n || echo kept; cat n',
  'exec 3> y; echo hi >&3; exec 3>&-; cat y; exec > x; echo hidden; cat x >&2',
  'false | true && echo "${PIPESTATUS[0]}"',
]

describe('the shell of a Linux build VM', () => {
  it.each(lists)('stops under set -e where bash stops: %s', async (script) => {
    const whole = `set -e\n${script}\necho on`
    expect(await inGuest(whole)).toEqual(inBash(whole))
  })

  it.each(refusals)('goes on where bash goes on after a file that it cannot open: %s', async (script) => {
    expect(await inGuest(script)).toEqual(inBash(script))
  })

  it.each(files)('writes into files what bash writes: %s', async (script) => {
    expect(await inGuest(script)).toEqual(inBash(script))
  })

  it('traces what a script says, and nothing else', async () => {
    const script = 'set -x; f() { echo in; }; f > /dev/null; false || echo b; command -v ls; ulimit -n > /dev/null'
    const lines = ({ stderr }: Ended) => stderr.split('\n').toSorted()
    expect(lines(await inGuest(script))).toEqual(lines(inBash(script)))
    const loop = await inGuest('set -x; for i in 1 2; do echo $i; done')
    expect(loop.stderr.split('\n').filter((line) => line.includes('_'))).toEqual([])
  })
})
