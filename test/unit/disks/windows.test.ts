import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { windowsChecks } from '../../../src/main/disks/checks/windows'
import { inspect } from '../../../src/main/disks/inspect'
import type { Finding } from '../../../src/shared/outputs'
import { copyOf, mebibyte, patch } from '../../support/disks'
import { program, windowsDisk, windowsVolume, type WindowsDiskOptions } from '../../support/windows-disks'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-windows-'))
})
afterAll(() => rm(folder, { recursive: true }))

const windowsAt = { V1: mebibyte, V2: 39 * mebibyte }

function told(findings: Finding[]): string[] {
  return findings.map(({ id, variant, severity }) => `${id}${variant ? `:${variant}` : ''} ${severity}`).sort()
}

test.each(['V1', 'V2'] as const)('a generalized Windows of generation %s is good to go', async (generation) => {
  const seen = await inspect(await windowsDisk({ generation }))
  expect(seen).toMatchObject({
    format: 'vhd-fixed',
    verdict: 'ok',
    partitionTable: { V1: 'mbr', V2: 'gpt' }[generation],
    generation,
    os: { type: 'Windows', id: 'windows-server', versionId: '10.0.20348' },
    generalized: true,
    encrypted: false,
    architecture: 'x64',
    nodeAgent: 'batch.node.windows amd64',
    unknown: [],
  })
  expect(told(seen.findings)).toEqual(['boot.generation info', 'os.identified info'])
  expect(seen.passed).toEqual(
    expect.arrayContaining(windowsChecks.map(({ id }) => id).filter((id) => id !== 'os.identified')),
  )
})

const services = 'ControlSet001\\Services'
const state = 'Microsoft\\Windows\\CurrentVersion\\Setup\\State'

// One disk of each family of checks; the finer differences are in checks/windows.test.ts.
test.each<[what: string, expected: string, verdict: string, options: WindowsDiskOptions]>([
  ['a kernel for Arm64', 'os.arch warn', 'warn', { files: { 'Windows/System32/ntoskrnl.exe': program(0xaa64) } }],
  [
    'a kernel for 32 bits',
    'os.arch:other block',
    'block',
    { files: { 'Windows/System32/ntoskrnl.exe': program(0x14c) } },
  ],
  ['no kernel', 'boot.loader.missing:windows block', 'block', { files: { 'Windows/System32/ntoskrnl.exe': null } }],
  [
    'a system that was never generalized',
    'windows.generalized block',
    'block',
    {
      generation: 'V1',
      software: { [state]: { ImageState: 'IMAGE_STATE_COMPLETE' } },
      files: { 'Windows/Setup/State/State.ini': '[State]\r\nImageState=IMAGE_STATE_COMPLETE\r\n' },
    },
  ],
  [
    'a driver that is off',
    'windows.hyperv-drivers:disabled block',
    'block',
    { system: { [`${services}\\storvsc`]: { Start: 4 } } },
  ],
  [
    'an extension',
    'azure.extensions block',
    'block',
    { files: { 'Packages/Plugins/Microsoft.Azure.Monitor.AzureMonitorWindowsAgent/1.28/config.txt': '' } },
  ],
  [
    'no agent',
    'azure.agent.windows warn',
    'warn',
    { system: { [`${services}\\RdAgent`]: null, [`${services}\\WindowsAzureGuestAgent`]: null } },
  ],
  [
    'a volume as D:',
    'batch.temp-disk:drive warn',
    'warn',
    { system: { MountedDevices: { '\\DosDevices\\D:': Buffer.from('a1b2c3d40000500600000000', 'hex') } } },
  ],
  [
    'a sleeping machine',
    'windows.dirty:hibernated warn',
    'warn',
    { files: { 'hiberfil.sys': Buffer.alloc(65_536, 'hibr') } },
  ],
  ['an answer file', 'windows.unattend warn', 'warn', { files: { 'Windows/Panther/unattend.xml': '<unattend/>' } }],
])('a disk with %s is found as %s and judged %s', async (_what, expected, verdict, options) => {
  const seen = await inspect(await windowsDisk(options))
  const usual = ['boot.generation info', 'os.identified info']
  expect(told(seen.findings)).toEqual([...usual, expected].sort())
  expect(seen.verdict).toBe(verdict)
})

test('a volume that ntfsfix marked for a check was not shut down cleanly', async () => {
  const volume = await copyOf(await windowsVolume(), folder, 'dirty.ntfs')
  await promisify(execFile)('ntfsfix', [volume])
  const disk = await copyOf(await windowsDisk(), folder, 'dirty.vhd')
  await patch(disk, windowsAt.V2, await readFile(volume))
  expect(told((await inspect(disk)).findings)).toContain('windows.dirty:volume warn')
})

test('a volume that BitLocker encrypted blocks, and its checks are unknown', async () => {
  const disk = await copyOf(await windowsDisk(), folder, 'bitlocker.vhd')
  await patch(disk, windowsAt.V2 + 3, Buffer.from('-FVE-FS-'))
  const seen = await inspect(disk)
  expect(seen).toMatchObject({
    encrypted: true,
    verdict: 'block',
    generalized: null,
    os: { type: 'Windows', id: null },
  })
  expect(told(seen.findings)).toContain('disk.encrypted:bitlocker block')
  expect(seen.unknown).toEqual(expect.arrayContaining(windowsChecks.map(({ id }) => id)))
})
