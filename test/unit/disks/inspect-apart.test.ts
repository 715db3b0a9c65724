import { mkdtemp, rm, stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from '../../../src/main/disks/inspect'
import { inspectApart } from '../../../src/main/disks/inspect-apart'
import { systemDisk } from '../../support/disks'

let folder: string
let disk: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-apart-'))
  disk = await systemDisk({ sizeMiB: 64, systemMiB: 1 })
}, 120_000)
afterAll(() => rm(folder, { recursive: true }))

test('several disks are looked into at once, with the answer that one process alone gives', async () => {
  const before = await stat(disk)
  const alone = await inspect(disk)
  const answers = await Promise.all([inspectApart(disk), inspectApart(disk), inspectApart(disk)])
  for (const answer of answers) expect(answer).toEqual({ ...alone, ms: answer.ms })
  expect((await stat(disk)).mtimeMs).toBe(before.mtimeMs)
})

test('a file that cannot be opened is the same error as in this process', async () => {
  const absent = path.join(folder, 'absent.vhd')
  await expect(inspectApart(absent)).rejects.toMatchObject({ code: 'file.not-found', params: { file: absent } })
  await expect(inspectApart(folder)).rejects.toMatchObject({ code: 'file.unreadable' })
  await expect(inspectApart('nul\0.vhd')).rejects.toMatchObject({ code: 'file.not-found' })
})

test('a look that takes too long is ended and says what is not known', async () => {
  const seen = await inspectApart(disk, { limitMs: 1 })
  expect(seen.findings).toContainEqual(expect.objectContaining({ id: 'guest.unreadable', variant: 'limit' }))
  expect(seen.os).toBeNull()
})

test('a look can be cancelled, before and while it goes on', async () => {
  const controller = new AbortController()
  const look = inspectApart(disk, { signal: controller.signal })
  controller.abort()
  await expect(look).rejects.toMatchObject({ code: 'cancelled' })
  await expect(inspectApart(disk, { signal: controller.signal })).rejects.toMatchObject({ code: 'cancelled' })
})
