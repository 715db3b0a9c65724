import { appendFile, mkdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { copyOf, fixedVhd, patch, sparseFile } from '../support/disks'
import { countOf } from '../support/command'
import { fullDisk, newState, smallDisk } from '../support/run'
import { practised, type Practiced } from '../support/studio'

let practice: Practiced
beforeAll(async () => {
  practice = await practised()
  await smallDisk()
}, 120_000)

const account = { 'prepare.account': { mode: 'choose', name: 'practicebatch', resourceGroup: 'practice-shared' } }
const begin = (file: string) => practice.begin({ ...account, 'disk.choose': { file } })

describe('a file that is no disk for Azure', () => {
  it.each([
    ['is not there', (folder: string) => Promise.resolve(path.join(folder, 'none.vhd')), 'file.not-found'],
    ['is a folder', (folder: string) => Promise.resolve(folder), 'file.unreadable'],
    ['is empty', async (folder: string) => sparseFile(path.join(folder, 'empty.vhd'), 0), 'file.empty'],
    ['is a text', async (folder: string) => written(path.join(folder, 'a.vhd'), 'no disk\n'.repeat(99)), 'disk.format'],
    [
      'is a ZIP',
      async (folder: string) => written(path.join(folder, 'disk.vhd'), 'PK\u0003\u0004'.repeat(999)),
      'disk.format',
    ],
    ['was cut in the middle', (folder: string) => cut(folder, 0.5), 'disk.truncated'],
    ['holds no system', (folder: string) => blank(folder), 'disk.blocked'],
  ])('is refused by name when it %s, before anything is sent', { timeout: 60_000 }, async (_what, make, code) => {
    const file = await make(await newState())
    const before = countOf(await practice.stats(), /^PUT \/blob/)
    const run = await begin(file)
    const outcome = await practice.go(run, 'disk.upload')
    expect(outcome.error?.code).toBe(code)
    expect(countOf(await practice.stats(), /^PUT \/blob/)).toBe(before)
  })

  it('whose footer is damaged is mended on the way or refused, never sent as it is', { timeout: 60_000 }, async () => {
    const file = await copyOf(await smallDisk(), await newState())
    await patch(file, -512, Buffer.alloc(8, 0x58))
    const run = await begin(file)
    const outcome = await practice.go(run, 'image.version')
    // Without its cookie the file is a raw disk of 512 bytes too much: what is sent ends in a footer of our own.
    expect([outcome.is, outcome.error?.code]).toEqual(['done', undefined])
  })
})

describe('a file that changes', () => {
  it('between choosing and inspecting is noticed', { timeout: 60_000 }, async () => {
    const file = await copyOf(await smallDisk(), await newState())
    const run = await begin(file)
    await practice.go(run, 'disk.choose')
    await appendFile(file, Buffer.alloc(512))
    expect(await practice.go(run)).toMatchObject({ step: 'disk.inspect', error: { code: 'file.changed' } })
  })

  it('during the upload stops it, and chosen again it is sent anew', { timeout: 120_000 }, async () => {
    const file = await copyOf(await fullDisk(), await newState())
    const run = await begin(file)
    const isTicket = (entry: { kind: string; step?: string }) => entry.kind === 'ticket' && entry.step === 'disk.upload'
    practice.onFact(isTicket, () => utimes(file, new Date(), new Date(Date.now() + 60_000)))
    expect(await practice.go(run)).toMatchObject({ step: 'disk.upload', error: { code: 'file.changed' } })
    await (
      await practice.studio.engine.perform(run, 'disk.choose')
    ).ended
    expect(await practice.go(run, 'image.version')).toMatchObject({ is: 'done', step: 'image.version' })
  })
})

async function written(file: string, text: string): Promise<string> {
  await writeFile(file, text)
  return file
}

async function cut(folder: string, share: number): Promise<string> {
  const file = await copyOf(await smallDisk(), folder)
  const bytes = await readFile(file)
  const half = Math.floor((bytes.length * share) / 512) * 512
  await truncate(file, half)
  await appendFile(file, bytes.subarray(-512))
  return file
}

async function blank(folder: string): Promise<string> {
  await mkdir(path.join(folder, 'raw'))
  const raw = await sparseFile(path.join(folder, 'raw', 'blank.raw'), 64 * 1024 * 1024)
  return fixedVhd(raw, path.join(folder, 'blank.vhd'))
}
