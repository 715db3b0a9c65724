import ssh2 from 'ssh2'
import { expect, it } from 'vitest'
import { hostKeysIn } from '../../../src/main/practice/guest-linux-keys'

it('every host key of a practice VM can be read, also the one in 256 that begins with a zero', async () => {
  const read: string[] = []
  for (let count = 0; count < 1500; count++) {
    const there = new Map([
      ['ssh_host_rsa_key', ''],
      ['ssh_host_ecdsa_key', ''],
    ])
    const [, , key] = await hostKeysIn({
      read: (name) => there.get(name) ?? null,
      write: (name, text) => void there.set(name, text),
      comment: 'root@vm',
    })
    read.push(ssh2.utils.parseKey(key!) instanceof Error ? 'broken' : 'whole')
  }
  expect(read).not.toContain('broken')
})
