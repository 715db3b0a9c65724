import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { copyGuestFolder, GuestDisk } from '../../../src/main/practice/guest-disk'
import { GuestFiles } from '../../../src/main/practice/guest-files'

const gibibyte = 1024 ** 3
const root = { mode: 0o644, uid: 0, gid: 0, mtimeMs: 0 }

function openDisk(
  folder = mkdtempSync(join(tmpdir(), 'guest-disk-')),
  ignoreCase = false,
): { disk: GuestDisk; folder: string } {
  const base = [
    { path: '/etc' },
    { path: '/etc/motd', text: 'base\n' },
    { path: '/lib', link: 'usr/lib' },
    { path: '/home', mode: 0o777 },
  ]
  return {
    folder,
    disk: new GuestDisk(folder, { base, ignoreCase, sizeBytes: gibibyte, baseBytes: gibibyte / 2, now: () => 1_000 }),
  }
}

describe('the disk of a practice machine', () => {
  it('has everything again after its program was killed', () => {
    const { disk, folder } = openDisk()
    disk.write('/etc/motd', Buffer.from('mine\n'), root)
    disk.makeFolder('/data', { ...root, mode: 0o755 })
    disk.write('/data/a', Buffer.from('first'), root)
    disk.append('/data/a', Buffer.from(' second'), root)
    disk.move('/data/a', '/data/b')
    disk.makeLink('/data/link', 'b', 0)
    disk.set('/data/b', { mode: 0o600, uid: 1000 })
    disk.write('/data/gone', Buffer.from('x'), root)
    disk.remove('/data/gone')
    const again = openDisk(folder).disk
    expect(again.readText('/etc/motd')).toBe('mine\n')
    expect(again.readText('/data/link')).toBe('first second')
    expect(again.tree.find('/data/b')).toMatchObject({ mode: 0o600, uid: 1000, size: 12 })
    expect(again.tree.find('/data/gone')).toBe(null)
    expect(again.usedBytes).toBe(disk.usedBytes)
  })

  it('cuts a torn last line off and goes on', () => {
    const { disk, folder } = openDisk()
    disk.write('/etc/whole', Buffer.from('1'), root)
    appendFileSync(join(folder, 'changes.jsonl'), '["remove","/etc/who')
    const again = openDisk(folder).disk
    expect(again.readText('/etc/whole')).toBe('1')
    again.write('/etc/next', Buffer.from('2'), root)
    expect(openDisk(folder).disk.readText('/etc/next')).toBe('2')
    expect(readFileSync(join(folder, 'changes.jsonl'), 'utf8')).not.toContain('who"')
  })

  it('is independent of a copy from then on', () => {
    const { disk, folder } = openDisk()
    disk.write('/etc/motd', Buffer.from('before'), root)
    const copy = `${folder}-copy`
    copyGuestFolder(folder, copy)
    disk.write('/etc/motd', Buffer.from('after'), root)
    expect(openDisk(copy).disk.readText('/etc/motd')).toBe('before')
  })

  it('refuses what does not fit, and takes holes that do without keeping their bytes', () => {
    const { disk, folder } = openDisk()
    disk.truncate('/etc/hole', gibibyte / 4)
    expect(disk.freeBytes).toBeLessThan(gibibyte / 4)
    expect(() => disk.truncate('/etc/more', gibibyte / 4)).toThrow('No space left on device')
    disk.remove('/etc/hole')
    expect(openDisk(folder).disk.freeBytes).toBeGreaterThan(gibibyte / 3)
  })

  it('knows names in any case where Windows runs', () => {
    const { disk } = openDisk(undefined, true)
    disk.write('/etc/Tool.EXE', Buffer.from('MZ'), root)
    expect(disk.readText('/ETC/tool.exe')).toBe('MZ')
    expect(disk.tree.resolve('/ETC/tool.exe')).toBe('/etc/Tool.EXE')
  })
})

describe('files of a practice machine', () => {
  const user = { uid: 1000, gid: 1000, groups: [] }
  const filesOf = (disk: GuestDisk, who = user) => new GuestFiles(disk, who, { write: () => Promise.resolve() })

  it('are guarded by owner and mode as the kernel does it', async () => {
    const { disk } = openDisk()
    const files = filesOf(disk)
    await expect(files.writeFile('/etc/motd', 'mine')).rejects.toThrow('Permission denied')
    await expect(files.writeFile('/etc/new', 'mine')).rejects.toThrow('Permission denied')
    disk.set('/etc/motd', { mode: 0o600 })
    await expect(files.readFile('/etc/motd')).rejects.toThrow('Permission denied')
    expect(await filesOf(disk, { uid: 0, gid: 0, groups: [] }).readFile('/etc/motd')).toBe('base\n')
  })

  it('of others cannot be taken out of a sticky folder', async () => {
    const { disk } = openDisk()
    disk.set('/home', { mode: 0o1777 })
    disk.write('/home/roots', Buffer.from('x'), root)
    await expect(filesOf(disk).rm('/home/roots')).rejects.toThrow('Permission denied')
    await filesOf(disk).writeFile('/home/own', 'y')
    await filesOf(disk).rm('/home/own')
    expect(disk.tree.find('/home/own')).toBe(null)
  })

  it('end a loop of links instead of following it for ever', async () => {
    const { disk } = openDisk()
    disk.makeLink('/home/a', 'b', 0)
    disk.makeLink('/home/b', 'a', 0)
    await expect(filesOf(disk).readFile('/home/a')).rejects.toThrow('Too many levels of symbolic links')
  })
})
