import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findVmSize } from '../../src/main/practice/sizes'
import { composed } from '../../src/main/steps/part-script'
import { readyParts } from '../../src/shared/ready-parts'
import { openLab, passwordClient, run, sftp, ssh, terminal, type Lab } from '../support/guests'

let lab: Lab

beforeAll(async () => {
  lab = await openLab()
})
afterAll(() => lab.close())

describe('a Linux build VM by OpenSSH', () => {
  it('runs commands and gives output, errors and exit code back', async () => {
    const { code, stdout, stderr } = await ssh(lab, 'whoami; echo grün; nosuch; ls /none; exit 7')
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'azureuser\ngrün\n' })
    expect(stderr).toContain('nosuch: command not found')
    expect(stderr).toContain('/none: No such file or directory')
  })

  it('lets nobody in without the key that ARM was given', async () => {
    const other = join(lab.folder, 'other')
    await run('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', other])
    const { code, stderr } = await ssh({ ...lab, keyFile: other }, 'true')
    expect(code).toBe(255)
    expect(stderr).toContain('Permission denied (publickey)')
  })

  it('takes a second key once it stands in authorized_keys', async () => {
    const second = join(lab.folder, 'second')
    await run('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-f', second])
    await ssh(lab, 'cat >> ~/.ssh/authorized_keys', readFileSync(`${second}.pub`, 'utf8'))
    expect((await ssh({ ...lab, keyFile: second }, 'echo in')).stdout).toBe('in\n')
  })

  it('gives root rights by sudo only, and keeps the files of root from the user', async () => {
    expect(
      (await ssh(lab, 'sudo -n id -u; touch /etc/mine; sudo touch /etc/roots && ls -l /etc/roots')).stdout,
    ).toMatch(/^0\n-rw-r--r-- 1 root +root /)
    expect((await ssh(lab, 'touch /etc/mine')).stderr).toContain("cannot touch '/etc/mine': Permission denied")
  })

  it('runs a script that comes by input, with its own name for a script file', async () => {
    expect((await ssh(lab, 'sudo bash -s', 'set -eu\nfor n in 1 2; do echo "$n"; done\nwhoami\n')).stdout).toBe(
      '1\n2\nroot\n',
    )
    const script = 'mkdir -p part && cat > part/run.sh && chmod +x part/run.sh'
    await ssh(
      lab,
      script,
      '#!/bin/bash\nset -euo pipefail\ncd "$(dirname "$0")"\necho "$(basename "$0") $1 $PWD"\nfalse\necho never\n',
    )
    expect(await ssh(lab, '/home/azureuser/part/run.sh one')).toMatchObject({
      code: 1,
      stdout: 'run.sh one /home/azureuser/part\n',
    })
    expect(await ssh(lab, 'sudo bash part/run.sh two')).toMatchObject({
      code: 1,
      stdout: 'run.sh two /home/azureuser/part\n',
    })
  })

  it('keeps what blocks, pipes, functions and sourced files put out in its order', async () => {
    const lines = [
      'seq 2 | while read n; do echo "n=$n"; done',
      'echo A; { echo B; ls /nope; } 2>/dev/null; (echo C; echo D >&2) 2>&1',
      'echo "echo E; V=7" > sourced; . ./sourced; echo "$V"; eval "echo F; W=8"; echo "$W"',
      'f() { echo G; }; f | cat; f; x=$( { echo H; } 2>&1 ); echo "$x"; for i in 1 2; do echo I; done > kept; cat kept',
      'if true; then echo K; fi | tr K L; seq 2 | { read a; echo "M$a"; }; ! false; echo "$?"',
    ]
    const { stdout } = await ssh(lab, lines.join('\n'))
    expect(stdout.trim().split('\n').join(' ')).toBe('n=1 n=2 A B C D E 7 F 8 G G H I I L M1 0')
  })

  it('moves files by sftp without changing a byte', async () => {
    const [local, back] = [join(lab.folder, 'local.bin'), join(lab.folder, 'back.bin')]
    const bytes = Buffer.from(Array.from({ length: 700_001 }, (_, at) => (at * 7919) >> 3))
    writeFileSync(local, bytes)
    const { code, stderr } = await sftp(lab, [
      `put ${local} up.bin`,
      'mkdir box',
      'rename up.bin box/up.bin',
      `get box/up.bin ${back}`,
      'symlink box/up.bin link',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(back).equals(bytes)).toBe(true)
    const { stdout } = await ssh(lab, 'sha256sum box/up.bin; readlink link; stat -c %a box')
    expect(stdout).toBe(`${createHash('sha256').update(bytes).digest('hex')}  box/up.bin\nbox/up.bin\n755\n`)
  })

  it('edits a line as a terminal does, recalls it, and stops a flood by Ctrl+C', async () => {
    const typist = await terminal(lab)
    await typist.see('azureuser@build-vm:~$ ')
    typist.type('echo hallX\x7fo wel\x1b[D\x1b[D\x1b[Dschöne \x05t\r')
    await typist.see('\r\nhallo schöne welt\r\n')
    typist.type('\x1b[A\r')
    await typist.see('\r\nhallo schöne welt\r\n')
    typist.type('yes flood\r')
    await typist.see('flood\r\nflood\r\n')
    typist.type('\x03')
    await typist.see('^C\r\n')
    typist.type('cd /tmp; N=5\rpwd; echo $N\r')
    await typist.see('\r\n/tmp\r\n5\r\n')
    typist.type('while true; do :; done\r')
    await typist.see('done\r\n')
    typist.type('\x03')
    await typist.see('azureuser@build-vm:/tmp$ ')
    typist.type('exit 3\r')
    await typist.see('logout')
    expect(await typist.ended).toBe(3)
  })

  it('shows output while the command still runs', async () => {
    const typist = await terminal(lab)
    typist.type('for i in first second; do echo $i-line; read x; done\r')
    await typist.see('first-line\r\n')
    typist.type('\rexit\r')
    expect(await typist.ended).toBe(0)
  })
})

describe('the state of a Linux build VM', () => {
  it('lasts when the practice cloud is started again, and is independent in a copy', async () => {
    await ssh(lab, 'echo kept > kept.txt')
    await lab.guests.copy('/disks/os', '/snapshots/one')
    await ssh(lab, 'echo later >> kept.txt')
    await lab.close()
    lab = await openLab({ folder: lab.folder, how: 'go-on' })
    expect((await ssh(lab, 'cat kept.txt')).stdout).toBe('kept\nlater\n')
    lab.guests.stop(lab.machine.id, 'shut-down')
    await lab.guests.copy('/snapshots/one', '/disks/os')
    lab.guests.start(lab.machine, 'boot')
    expect((await ssh(lab, 'cat kept.txt')).stdout).toBe('kept\n')
  })

  it('tells its host keys on the serial console as cloud-init prints them, and they are the keys it has', async () => {
    const log = lab.guests
      .serialLog(lab.machine.id)
      .map(({ text }) => text)
      .join('')
    const block = /-----BEGIN SSH HOST KEY KEYS-----\n([\s\S]+?)-----END SSH HOST KEY KEYS-----/.exec(log)?.[1] ?? ''
    const scanned = await run('ssh-keyscan', ['-t', 'ed25519', '-p', String(await lab.port()), '127.0.0.1'])
    const key = scanned.stdout.trim().split(' ').slice(1).join(' ')
    expect(key).toMatch(/^ssh-ed25519 AAAA/)
    expect(block).toContain(`${key} root@build-vm\n`)
    const fingerprint = await run('ssh-keygen', ['-l', '-f', '-'], `${key}\n`)
    expect(log).toContain(fingerprint.stdout.split(' ')[1])
  })

  it('fails writes as on a full disk while the incident lasts', async () => {
    lab.faults.add({ kind: 'full-disk-inside' })
    expect((await ssh(lab, 'echo x > full.txt; df / | tail -1')).stderr).toContain('No space left on device')
    lab.faults.clear()
    expect(await ssh(lab, 'echo x > full.txt')).toMatchObject({ code: 0 })
  })
})

describe('a machine with a GPU', () => {
  it('takes the driver that Ubuntu has for it, which works after a restart', async () => {
    const { gpu } = findVmSize('Standard_NC4as_T4_v3')!
    const other = await openLab({ machine: { gpu } })
    expect((await ssh(lab, 'lspci; nvidia-smi')).code).toBe(127)
    const { script, check } = readyParts.nvidia.apt!
    const installed = await ssh(other, 'sudo bash -s', composed('linux', script))
    expect({ code: installed.code, stderr: installed.stderr }).toEqual({ code: 0, stderr: '' })
    expect(await ssh(other, check)).toMatchObject({ code: 9, stdout: expect.stringContaining('has failed') as string })
    const port = await other.port()
    await ssh(other, 'sudo reboot')
    await expect.poll(() => other.port(), { timeout: 20_000 }).not.toBe(port)
    expect(await ssh(other, check)).toMatchObject({ code: 0, stdout: expect.stringContaining('Tesla T4') as string })
    await other.close()
  })
})

describe('passwords', () => {
  it.each(['password', 'keyboard-interactive'] as const)(
    'are taken by %s where ARM set one, and only the right one',
    async (how) => {
      const other = await openLab({ setup: { adminPassword: 'Richtig!Lang9' } })
      const port = await other.port()
      const client = await passwordClient(port, how, 'Richtig!Lang9')
      client.end()
      await expect(passwordClient(port, how, 'falsch')).rejects.toThrow(/authentication/i)
      await other.close()
    },
  )
})
