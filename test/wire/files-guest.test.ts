import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { remoteFiles } from '../../src/main/sessions/files-remote'
import { connectHost, transferred, type ConnectedHost } from '../support/files-host'
import { openLab, ssh, type Lab } from '../support/guests'

const { signal } = new AbortController()
let lab: Lab
let host: ConnectedHost
let folder: string

beforeAll(async () => {
  lab = await openLab()
  host = await connectHost({ user: 'azureuser', key: readFileSync(lab.keyFile, 'utf8') }, await lab.port())
  folder = mkdtempSync(join(tmpdir(), 'studio-guest-'))
})
afterAll(async () => {
  host.close()
  await lab.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('files of a build VM', () => {
  it('that belong to root are written by a detour over the user’s own folder, which leaves nothing behind', async () => {
    const tool = join(folder, 'tool')
    mkdirSync(join(tool, 'bin'), { recursive: true })
    writeFileSync(join(tool, 'bin', 'run me.sh'), '#!/bin/sh\necho "it runs"\n')
    chmodSync(join(tool, 'bin', 'run me.sh'), 0o755)
    writeFileSync(join(tool, 'data'), 'bytes')
    await remoteFiles(host).upload(tool, '/opt/tools/mine', { signal })
    await remoteFiles(host).upload(join(tool, 'data'), '/etc/mine.conf', { signal })
    // Once more, into what is there by now.
    writeFileSync(join(tool, 'data'), 'newer')
    await ssh(lab, 'sudo touch /opt/tools/mine/other')
    await remoteFiles(host).upload(tool, '/opt/tools/mine', { signal })
    const { stdout } = await ssh(
      lab,
      'cat /opt/tools/mine/data /etc/mine.conf; ls -l /opt/tools/mine/data /etc/mine.conf | cut -c1-20; "/opt/tools/mine/bin/run me.sh"; ls -A ~ /opt/tools/mine',
    )
    expect(stdout).toMatch(/^newerbytes(-rw-r--r-- 1 root \s*\n){2}it runs\n/)
    expect(stdout).not.toContain('.batch-studio-')
    expect(stdout).toContain('other')
  })

  it('are written and read whole, with their rights, and refused when they are larger than expected', async () => {
    const files = remoteFiles(host)
    await files.writeFile('/home/azureuser/a/b/setup.sh', Buffer.from('echo hello\n'), { signal, mode: 0o750 })
    await files.writeFile('/home/azureuser/a/b/setup.sh', Buffer.from('echo again\n'), { signal, mode: 0o750 })
    expect((await ssh(lab, 'stat -c %a a/b/setup.sh; ls a/b')).stdout).toBe('750\nsetup.sh\n')
    const read = await files.readFile('/home/azureuser/a/b/setup.sh', { signal, maxBytes: 11 })
    expect(Buffer.from(read).toString()).toBe('echo again\n')
    await expect(files.readFile('/home/azureuser/a/b/setup.sh', { signal, maxBytes: 10 })).rejects.toMatchObject({
      code: 'files.too-large',
    })
    await expect(files.readFile('/home/azureuser/none', { signal, maxBytes: 10 })).rejects.toMatchObject({
      code: 'files.not-found',
      params: { name: 'none' },
    })
  })

  it('go there and back as with OpenSSH, compared by hash', async () => {
    const [tree, back] = [join(folder, 'Ordner für 🚀'), join(folder, 'back')]
    for (const one of [tree, back]) mkdirSync(one)
    writeFileSync(join(tree, 'large'), randomBytes(3_000_000))
    writeFileSync(join(tree, 'empty'), '')
    writeFileSync(join(tree, "it's $HOME"), 'quoted')
    expect(await transferred(host, 'up', [tree], '/home/azureuser')).toMatchObject({ status: 'done', isVerified: true })
    expect(await transferred(host, 'down', ['/home/azureuser/Ordner für 🚀'], back)).toMatchObject({
      status: 'done',
      isVerified: true,
    })
    for (const name of ['large', 'empty', "it's $HOME"]) {
      expect(readFileSync(join(back, 'Ordner für 🚀', name)).equals(readFileSync(join(tree, name)))).toBe(true)
    }
  })

  it('are not written where only root may, and the way round is said', async () => {
    writeFileSync(join(folder, 'note'), 'x')
    expect((await transferred(host, 'up', [join(folder, 'note')], '/etc')).error).toMatchObject({
      code: 'files.denied',
    })
  })
})
