import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hostKeysIn } from '../../../src/main/steps/host-keys'

const folder = mkdtempSync(path.join(tmpdir(), 'keys-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

type Key = { line: string; shown: string; fingerprint: string }

/** A host key as OpenSSH makes and shows it. */
function key(type: string, name: string): Key {
  const file = path.join(folder, `${name}_${type}`)
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'root@build', '-f', file])
  const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).trim()
  return { line: readFileSync(`${file}.pub`, 'utf8').trim(), shown, fingerprint: shown.split(' ')[1]! }
}

/** As cloud-init's `write-ssh-key-fingerprints` writes both blocks to the console of Ubuntu 24.04. */
function written(keys: readonly Key[]): string {
  const lines = [
    '',
    '#############################################################',
    '-----BEGIN SSH HOST KEY FINGERPRINTS-----',
    ...keys.map(({ shown }) => shown),
    '-----END SSH HOST KEY FINGERPRINTS-----',
    '#############################################################',
  ]
  const logged = lines.map((line) => `<14>Nov 26 00:31:07 cloud-init: ${line}`)
  return [
    ...logged,
    '-----BEGIN SSH HOST KEY KEYS-----',
    ...keys.map(({ line }) => line),
    '-----END SSH HOST KEY KEYS-----',
  ]
    .join('\r\n')
    .concat('\r\n[   21.336120] cloud-init[1012]: Cloud-init v. 24.4 finished at Thu, 26 Nov 2026 00:31:08 +0000.\r\n')
}

const first = [key('ecdsa', 'first'), key('ed25519', 'first')]
const later = [key('ed25519', 'later')]
const boot =
  '[    0.000000] Linux version 6.8.0-1017-azure (buildd@lcy02)\r\nUbuntu 24.04.1 LTS build ttyS0\r\n\r\nbuild login: '

describe('host keys in a serial log', () => {
  it('are those that OpenSSH itself shows for them', () => {
    expect(hostKeysIn(boot + written(first))).toEqual(first.map(({ fingerprint }) => fingerprint))
  })

  it('are read from whole keys where the log shows no fingerprints', () => {
    const whole = written(first).slice(written(first).indexOf('-----BEGIN SSH HOST KEY KEYS-----'))
    expect(hostKeysIn(boot + whole)).toEqual(first.map(({ fingerprint }) => fingerprint))
  })

  it('are the last ones where the machine wrote twice', () => {
    expect(hostKeysIn(written(first) + boot + written(later))).toEqual(later.map(({ fingerprint }) => fingerprint))
  })

  it('are those of the block before while the next one is still being written', () => {
    const torn = written(later).slice(0, 200)
    expect(hostKeysIn(written(first) + torn)).toEqual(first.map(({ fingerprint }) => fingerprint))
  })

  it.each([
    ['nothing', ''],
    ['a boot without cloud-init', boot],
    ['a block that has only begun', written(first).slice(0, 260)],
    ['fingerprints of users, which look alike', `ci-info: | ssh-rsa | ${first[0]!.fingerprint} | azureuser |\n`],
    ['a fingerprint of another kind', written([{ ...first[0]!, shown: '256 MD5:aa:bb', line: 'ssh-dss BBBB x' }])],
  ])('are not found in %s', (_what, log) => {
    expect(hostKeysIn(log)).toEqual([])
  })
})
