import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { linuxChecks } from '../../../src/main/disks/checks/linux'
import { inspect } from '../../../src/main/disks/inspect'
import type { Finding } from '../../../src/shared/outputs'
import { copyOf, mebibyte, patch } from '../../support/disks'
import { physicalVolumeAtMiB, rhelDisk } from '../../support/rhel-disk'

let folder: string
let good: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-rhel-'))
  good = await rhelDisk(folder, 'good')
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

function told(findings: Finding[]): string[] {
  return findings.map(({ id, variant, severity }) => `${id}${variant ? `:${variant}` : ''} ${severity}`).sort()
}

test('a disk of Enterprise Linux with /boot on XFS and its root in LVM is good to go', async () => {
  const seen = await inspect(good)
  expect(told(seen.findings)).toEqual(['boot.generation info', 'linux.lvm info', 'os.identified info'])
  expect(seen).toMatchObject({
    verdict: 'ok',
    generation: 'V2',
    os: { type: 'Linux', id: 'rhel', versionId: '9.5' },
    generalized: true,
    architecture: 'x64',
    nodeAgent: 'batch.node.el 9',
    unknown: [],
  })
  expect(seen.passed).toEqual(expect.arrayContaining(['linux.hyperv.initramfs', 'linux.serial-console', 'linux.fstab']))
})

test('what is in such a root is judged: one that was in use blocks', async () => {
  const used = await rhelDisk(folder, 'used', { files: { 'var/lib/waagent/provisioned': 'b1a7c1d2' } })
  const seen = await inspect(used)
  expect(told(seen.findings)).toContain('linux.generalized block')
  expect(seen).toMatchObject({ verdict: 'block', generalized: false })
})

test('a volume that cannot be put together leaves its checks unknown', async () => {
  const seen = await inspect(await rhelDisk(folder, 'thin', { segmentType: 'thin' }))
  expect(told(seen.findings)).toContain('linux.lvm warn')
  expect(seen).toMatchObject({ verdict: 'warn', os: { type: 'Linux', id: null }, generalized: null })
  expect(seen.unknown).toEqual(expect.arrayContaining(linuxChecks.map(({ id }) => id)))
})

test('damaged metadata of LVM leave the checks unknown', async () => {
  const damaged = await copyOf(good, folder, 'damaged.vhd')
  await patch(damaged, physicalVolumeAtMiB * mebibyte + 4096, Buffer.alloc(512))
  const seen = await inspect(damaged)
  expect(told(seen.findings)).toContain('linux.lvm warn')
  expect(seen.generalized).toBeNull()
  expect(seen.unknown).toContain('linux.generalized')
})

test('a disk to start from, on which nothing is recognised, is not called good', async () => {
  const unknown = await copyOf(good, folder, 'unknown.vhd')
  await patch(unknown, 17 * mebibyte, Buffer.alloc(512))
  await patch(unknown, physicalVolumeAtMiB * mebibyte, Buffer.alloc(2048))
  const seen = await inspect(unknown)
  expect(told(seen.findings)).toEqual(['boot.generation info', 'guest.unreadable:nothing warn'])
  expect(seen).toMatchObject({ verdict: 'warn', os: null, generalized: null })
})
