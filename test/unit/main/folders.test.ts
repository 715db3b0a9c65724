import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { folderSize, moveAside } from '../../../src/main/folders'

const fresh = () => mkdtempSync(join(tmpdir(), 'bis-folders-'))

test('a folder takes what its files take on the disk, holes left out and links not followed', async () => {
  const folder = fresh()
  const elsewhere = fresh()
  mkdirSync(join(folder, 'inner'))
  writeFileSync(join(folder, 'inner', 'full'), Buffer.alloc(1_000_000, 7))
  writeFileSync(join(folder, 'sparse'), '')
  truncateSync(join(folder, 'sparse'), 50_000_000)
  writeFileSync(join(elsewhere, 'big'), Buffer.alloc(2_000_000, 7))
  symlinkSync(elsewhere, join(folder, 'link'))
  const bytes = await folderSize(folder)
  expect(bytes).toBeGreaterThanOrEqual(1_000_000)
  expect(bytes).toBeLessThan(1_500_000)
})

test('a folder that is not there has no size and nothing to move', async () => {
  const folder = join(fresh(), 'missing')
  expect(await folderSize(folder)).toBeNull()
  expect(await moveAside(folder, new Date())).toBeNull()
})

test('what is moved aside is whole under its new name', async () => {
  const parent = fresh()
  const folder = join(parent, 'practice')
  mkdirSync(folder)
  writeFileSync(join(folder, 'state.json'), '{}')
  const aside = await moveAside(folder, new Date('2026-11-25T10:00:00Z'))
  expect(readdirSync(parent)).toEqual(['practice.kept-2026-11-25T10-00-00-000Z'])
  expect(readdirSync(aside!)).toEqual(['state.json'])
})
