import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { userInfo, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { listFolder, makeFolder, removeEntries, renameEntry } from '../../src/main/sessions/files-folder'
import { openSftp, type Sftp } from '../../src/main/sessions/files-sftp'
import { connectHost, type ConnectedHost } from '../support/files-host'
import { startSshd, type RealSshd } from '../support/sshd'

let sshd: RealSshd
let host: ConnectedHost
let sftp: Sftp
let folder: string

beforeAll(async () => {
  sshd = await startSshd()
  host = await connectHost(sshd, sshd.port)
  sftp = await openSftp(host, new AbortController().signal)
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-folder-'))
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(async () => {
  host.close()
  await sshd.close()
})

describe('folders by OpenSSH', () => {
  it('are listed with folders first and numbers in their order, however many there are', async () => {
    for (let at = 1; at <= 3000; at++) writeFileSync(join(folder, `frame ${at}.png`), '')
    for (const name of ['Zoo', 'apple']) mkdirSync(join(folder, name))
    const { path, entries } = await listFolder(sftp, folder)
    expect(path).toBe(folder)
    expect(entries).toHaveLength(3002)
    expect(entries.slice(0, 5).map(({ name }) => name)).toEqual([
      'apple',
      'Zoo',
      'frame 1.png',
      'frame 2.png',
      'frame 3.png',
    ])
    expect(entries.at(-1)?.name).toBe('frame 3000.png')
  })

  it('tell what each entry is', async () => {
    writeFileSync(join(folder, 'run.sh'), '12345', { mode: 0o750 })
    utimesSync(join(folder, 'run.sh'), 1_000_000_000, 1_000_000_000)
    symlinkSync('run.sh', join(folder, 'link'))
    const { entries } = await listFolder(sftp, folder)
    expect(entries.find(({ name }) => name === 'run.sh')).toEqual({
      name: 'run.sh',
      kind: 'file',
      sizeBytes: 5,
      modifiedAt: '2001-09-09T01:46:40.000Z',
      mode: 'rwxr-x---',
    })
    expect(entries.find(({ name }) => name === 'link')?.kind).toBe('link')
  })

  it('begin where the user begins, and are left by links as well', async () => {
    expect((await listFolder(sftp, null)).path).toBe(userInfo().homedir)
    mkdirSync(join(folder, 'real'))
    symlinkSync('real', join(folder, 'link'))
    expect((await listFolder(sftp, join(folder, 'link'))).path).toBe(join(folder, 'real'))
    writeFileSync(join(folder, 'file'), '')
    await expect(listFolder(sftp, join(folder, 'file'))).rejects.toMatchObject({
      code: 'files.no-folder',
      params: { name: 'file' },
    })
    await expect(listFolder(sftp, join(folder, 'none'))).rejects.toMatchObject({ code: 'files.not-found' })
  })

  it('are made and renamed, but never over something', async () => {
    await makeFolder(sftp, join(folder, 'new'))
    await expect(makeFolder(sftp, join(folder, 'new'))).rejects.toMatchObject({ code: 'files.exists' })
    writeFileSync(join(folder, 'new', 'inside'), 'kept')
    writeFileSync(join(folder, 'other'), 'precious')
    await expect(renameEntry(sftp, join(folder, 'new'), join(folder, 'other'))).rejects.toMatchObject({
      code: 'files.exists',
      params: { name: 'other' },
    })
    await renameEntry(sftp, join(folder, 'new'), join(folder, 'New'))
    expect(readFileSync(join(folder, 'New', 'inside'), 'utf8')).toBe('kept')
    expect(readFileSync(join(folder, 'other'), 'utf8')).toBe('precious')
  })

  it('go with all that is in them, and what links in them point to stays', async () => {
    const [gone, outside] = [join(folder, 'gone'), join(folder, 'outside')]
    mkdirSync(join(gone, 'a', 'b'), { recursive: true })
    mkdirSync(outside)
    writeFileSync(join(outside, 'precious'), '')
    for (let at = 0; at < 300; at++) writeFileSync(join(gone, 'a', `file ${at}`), '')
    symlinkSync(outside, join(gone, 'a', 'link'))
    symlinkSync('/nowhere', join(gone, 'broken'))
    symlinkSync(outside, join(folder, 'link'))
    await removeEntries(sftp, [gone, join(folder, 'link'), join(folder, 'never there')])
    expect(readdirSync(folder)).toEqual(['outside'])
    expect(readdirSync(outside)).toEqual(['precious'])
  })

  it('are never removed as a whole machine', async () => {
    await expect(removeEntries(sftp, ['/'])).rejects.toMatchObject({ code: 'files.denied' })
  })
})
