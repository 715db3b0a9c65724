import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeAtomic } from '../../../src/main/engine/files'
import { openPins } from '../../../src/main/sessions/pins'

const vm = '/subscriptions/1/resourceGroups/build/providers/Microsoft.Compute/virtualMachines/one'
const now = () => new Date('2026-11-26T01:00:00Z')

async function opened() {
  const file = join(await mkdtemp(join(tmpdir(), 'bis-pins-')), 'pins.json')
  return { file, open: () => openPins({ file, write: writeAtomic, now }) }
}

describe('the pins', () => {
  it('are known again after a restart, however the resource id is spelt', async () => {
    const { open } = await opened()
    await open().keep('hostKey', vm, { fingerprint: 'SHA256:abc', source: 'serialLog' })
    expect(await open().find('hostKey', vm.toUpperCase())).toEqual({
      fingerprint: 'SHA256:abc',
      source: 'serialLog',
      at: '2026-11-26T01:00:00.000Z',
    })
  })

  it('keep host keys and certificates of one place apart', async () => {
    const { open } = await opened()
    const pins = open()
    await pins.keep('hostKey', 'host:22', { fingerprint: 'SHA256:abc', source: 'person' })
    expect(await pins.find('certificate', 'host:22')).toBeNull()
  })

  it('are all kept when several are learned at once', async () => {
    const { open } = await opened()
    const pins = open()
    const places = ['a:1', 'b:2', 'c:3']
    await Promise.all(places.map((it) => pins.keep('certificate', it, { fingerprint: it, source: 'person' })))
    const kept = await Promise.all(places.map((it) => open().find('certificate', it)))
    expect(kept.map((it) => it?.fingerprint)).toEqual(places)
  })

  it('are gone when forgotten', async () => {
    const { open } = await opened()
    await open().keep('certificate', 'a:1', { fingerprint: 'x', source: 'person' })
    await open().forget('certificate', 'A:1')
    expect(await open().find('certificate', 'a:1')).toBeNull()
  })

  it('trust nothing out of a file that is damaged, and go on', async () => {
    const { file, open } = await opened()
    await writeFile(file, '{"schema":1,"pins":{"certificate a:1":{"fingerprint":5}}}')
    const pins = open()
    expect(await pins.find('certificate', 'a:1')).toBeNull()
    expect(await pins.find('certificate', '__proto__')).toBeNull()
    await pins.keep('certificate', 'a:1', { fingerprint: 'x', source: 'person' })
    expect(await open().find('certificate', 'a:1')).toMatchObject({ fingerprint: 'x' })
  })

  it('lie in a file that only its owner may read', async () => {
    const { file, open } = await opened()
    await open().keep('certificate', 'a:1', { fingerprint: 'x', source: 'person' })
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readFile(file, 'utf8')).toContain('"x"')
  })
})
