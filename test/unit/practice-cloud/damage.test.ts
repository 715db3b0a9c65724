import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setAsideDamage } from '../../../src/main/practice/damage'

const state = '{"schema":1,"parts":{},"resources":{}}'
const index = '{"filename":"x","collections":[]}'
const indexFile = join('blobs', '__azurite_db_blob__.json')
const page = join('blobs', '__blobstorage__', 'page')
const now = new Date('2026-11-23T08:00:00.000Z')

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'practice-damage-'))
  mkdirSync(join(folder, 'blobs', '__blobstorage__'), { recursive: true })
  for (const [name, text] of Object.entries({ [page]: 'bytes', ...files })) writeFileSync(join(folder, name), text)
  return folder
}

describe('what an earlier practice cloud left behind', () => {
  it.each([
    { what: 'torn', text: '{"schema":1,"par' },
    { what: 'empty', text: '' },
    { what: 'full of zeros', text: '\0'.repeat(100) },
    { what: 'null', text: 'null' },
    { what: 'a list', text: '[]' },
    { what: 'without resources', text: '{"schema":1,"parts":{}}' },
  ])('is moved aside as a whole when its state is $what', ({ text }) => {
    const folder = folderWith({ 'state.json': text, [indexFile]: index, 'keys.json': '{}' })
    const aside = setAsideDamage(folder, now)
    expect(aside).toBe(join(folder, 'damaged-2026-11-23T08-00-00-000Z'))
    expect(readFileSync(join(aside!, 'state.json'), 'utf8')).toBe(text)
    expect(readFileSync(join(aside!, page), 'utf8')).toBe('bytes')
    expect(readdirSync(folder).sort()).toEqual(['damaged-2026-11-23T08-00-00-000Z', 'keys.json'])
    expect(setAsideDamage(folder, now)).toBeNull()
  })

  it('loses only its bytes when only the index of the bytes is damaged', () => {
    const folder = folderWith({ 'state.json': state, [indexFile]: '{"filename' })
    const aside = setAsideDamage(folder, now)
    expect(readFileSync(join(aside!, page), 'utf8')).toBe('bytes')
    expect(readFileSync(join(folder, 'state.json'), 'utf8')).toBe(state)
    expect(existsSync(join(folder, 'blobs'))).toBe(false)
  })

  it('stays where it is when it can be read, also that of a newer version', () => {
    const newer = '{"schema":99,"parts":{},"resources":{},"more":1}'
    expect(setAsideDamage(folderWith({ 'state.json': newer, [indexFile]: index }), now)).toBeNull()
    expect(setAsideDamage(mkdtempSync(join(tmpdir(), 'practice-damage-')), now)).toBeNull()
  })
})
