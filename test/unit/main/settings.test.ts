import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSettings } from '../../../src/main/settings'

const file = () => join(mkdtempSync(join(tmpdir(), 'bis-settings-')), 'settings.json')

describe('settings', () => {
  it('start with the system theme and language', () => {
    expect(openSettings(file()).get()).toMatchObject({ theme: 'system' })
  })

  it('are there again after a restart', () => {
    const at = file()
    openSettings(at).set({ theme: 'dark', language: 'de' })
    expect(openSettings(at).get()).toMatchObject({ theme: 'dark', language: 'de' })
  })

  it.each(['', '{"theme":', '[]', '{"theme":"pink"}', '\u0000\u0001'])(
    'a damaged file (%j) is kept aside and defaults are used',
    (text) => {
      const at = file()
      writeFileSync(at, text)
      const settings = openSettings(at)
      expect(settings.get()).toMatchObject({ theme: 'system' })
      expect(readFileSync(settings.damagedCopy!, 'utf8')).toBe(text)
    },
  )

  it('that cannot be read at all do not keep the app from starting', () => {
    const at = file()
    mkdirSync(at)
    expect(openSettings(at).get()).toMatchObject({ theme: 'system' })
  })

  it('that cannot be written are told with their folder, and nothing is left behind', () => {
    const at = file()
    const settings = openSettings(at)
    mkdirSync(at)
    expect(() => settings.set({ theme: 'dark' })).toThrow(
      expect.objectContaining({ code: 'state.unwritable', params: { folder: dirname(at) } }),
    )
    expect(readdirSync(dirname(at))).toEqual(['settings.json'])
  })
})
