import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import type { Finding } from '../../../src/shared/outputs'
import { copyOf, mebibyte, patch } from '../../support/disks'
import { linuxDisk } from '../../support/linux-disks'
import { windowsDisk, windowsVolume, type WindowsOptions } from '../../support/windows-disks'

const run = promisify(execFile)
const env = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }
const espAt = 2 * mebibyte
const rootAt = 10 * mebibyte
const windowsAt = 39 * mebibyte
const usedLinux = { files: { 'var/lib/waagent/provisioned': 'b1a7c1d2' } }

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-unreadable-'))
})
afterAll(() => rm(folder, { recursive: true }))

function told(findings: Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ id, variant, severity }) => `${id}${variant ? `:${variant}` : ''} ${severity}`)
}

async function debugfs(disk: string, ...given: string[]): Promise<string> {
  return (await run('debugfs', [...given, `${disk}?offset=${rootAt}`], { env })).stdout
}

/** Where the record of a file begins in an NTFS volume. */
async function recordAt(volume: string, inode: number): Promise<number> {
  const { stdout } = await run('ntfsinfo', ['-f', '-m', volume], { env })
  const [, cluster] = /LCN of Data Attribute for FILE_MFT:\s+(\d+)/.exec(stdout) ?? []
  const [, clusterBytes] = /Cluster Size:\s+(\d+)/.exec(stdout) ?? []
  return Number(cluster) * Number(clusterBytes) + inode * 1024
}

// The disk was in use: it blocks as long as that can be read, and must not be called good when it cannot.
test.each<[what: string, how: (disk: string) => Promise<unknown>]>([
  ['inode', (disk) => debugfs(disk, '-w', '-R', 'clri var/lib/waagent')],
  [
    'block',
    async (disk) => {
      const [block] = (await debugfs(disk, '-R', 'blocks var/lib/waagent')).trim().split(' ')
      const [, blockBytes] = /Block size:\s+(\d+)/.exec(await debugfs(disk, '-R', 'stats')) ?? []
      await patch(disk, rootAt + Number(block) * Number(blockBytes), Buffer.alloc(Number(blockBytes)))
    },
  ],
])('a Linux whose folder of the agent lost its %s is neither generalized nor used, but damaged', async (what, how) => {
  const disk = await copyOf(await linuxDisk(usedLinux), folder, `${what}.raw`)
  expect(await inspect(disk)).toMatchObject({ verdict: 'block', generalized: false })
  await how(disk)
  const seen = await inspect(disk)
  expect(told(seen.findings)).toEqual(['guest.unreadable:damaged warn'])
  expect(seen).toMatchObject({ verdict: 'warn', generalized: null, os: { id: 'debian' } })
  expect(seen.unknown).toEqual(expect.arrayContaining(['linux.generalized', 'azure.extensions', 'linux.agent']))
})

test('a Windows that says nowhere whether it was generalized is worth a look', async () => {
  const state = { 'Microsoft\\Windows\\CurrentVersion\\Setup\\State': null }
  const disk = await windowsDisk({ software: state, files: { 'Windows/Setup/State/State.ini': null } })
  const seen = await inspect(disk)
  expect(told(seen.findings)).toEqual(['guest.unreadable:state warn'])
  expect(seen).toMatchObject({ verdict: 'warn', generalized: null })
  expect(seen.unknown).toEqual(['windows.generalized'])
})

test('a Windows whose folder of extensions cannot be read is not said to have none', async () => {
  const options: WindowsOptions = { files: { 'Packages/Plugins/Microsoft.Azure.Monitor/1.28/config.txt': '' } }
  const volume = await windowsVolume(options)
  const about = (await run('ntfsinfo', ['-f', '-F', '/Packages/Plugins', volume], { env })).stdout
  const [, inode] = /Dumping Inode (\d+)/.exec(about) ?? []
  const disk = await copyOf(await windowsDisk(options), folder, 'extensions.vhd')
  expect(told((await inspect(disk)).findings)).toEqual(['azure.extensions block'])
  await patch(disk, windowsAt + (await recordAt(volume, Number(inode))), Buffer.from('BAAD'))
  const seen = await inspect(disk)
  expect(told(seen.findings)).toEqual(['guest.unreadable:damaged warn'])
  expect(seen.unknown).toEqual(expect.arrayContaining(['azure.extensions', 'windows.hyperv-drivers']))
})

test('a Windows whose top folder is damaged is not called good', async () => {
  const disk = await copyOf(await windowsDisk(), folder, 'top.vhd')
  expect(await inspect(disk)).toMatchObject({ verdict: 'ok' })
  await patch(disk, windowsAt + (await recordAt(await windowsVolume(), 5)), Buffer.from('BAAD'))
  const seen = await inspect(disk)
  expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'guest.unreadable', severity: 'warn' }))
  expect(seen).toMatchObject({ verdict: 'warn' })
})

test('an EFI partition whose folder is damaged leaves open how the disk starts', async () => {
  const disk = await copyOf(await linuxDisk(), folder, 'esp.raw')
  // The folder EFI is the first one: its own entry stands at its start.
  const at = (await readFile(disk)).indexOf('.          \x10', espAt, 'latin1')
  await patch(disk, at, Buffer.alloc(512))
  const seen = await inspect(disk)
  expect(told(seen.findings)).toEqual(['guest.unreadable:boot warn'])
  expect(seen).toMatchObject({ verdict: 'warn', generation: null, generalized: true })
  expect(seen.unknown).toEqual(expect.arrayContaining(['boot.generation', 'boot.loader.missing']))
})
