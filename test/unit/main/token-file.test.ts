import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../../src/main/log'
import { tokenFile } from '../../../src/main/token-file'

// Stands for the system's keyring, which only an app has.
const keyring = {
  encrypt: (text: string) => Buffer.from(text).reverse(),
  decrypt: (bytes: Buffer) => Buffer.from(bytes).reverse().toString(),
}
function cacheIn(folder = mkdtempSync(join(tmpdir(), 'bis-tokens-'))) {
  const file = join(folder, 'tokens', 'public.bin')
  return { folder, file, cache: tokenFile(file, keyring, openLog(join(folder, 'logs'))) }
}

describe('kept sign-ins', () => {
  it('are there again after a restart, encrypted, for their owner only', async () => {
    const { folder, file, cache } = cacheIn()
    await cache.save('refresh token')
    expect(readFileSync(file, 'utf8')).not.toContain('refresh')
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(await cacheIn(folder).cache.load()).toBe('refresh token')
  })

  it('survive that many runs save at once: the last one stands', async () => {
    const { file, cache } = cacheIn()
    await Promise.all(Array.from({ length: 50 }, (_, index) => cache.save(`token ${index}`)))
    expect(await cache.load()).toBe('token 49')
    expect(readdirSync(join(file, '..'))).toEqual(['public.bin'])
  })

  it('that cannot be written do not break the sign-in that is going on', async () => {
    const { folder, cache } = cacheIn()
    writeFileSync(join(folder, 'tokens'), 'a file where the folder should be')
    await expect(cache.save('token')).resolves.toBeUndefined()
    expect(readFileSync(join(folder, 'logs', 'app.log'), 'utf8')).toContain('sign-in is not kept')
  })

  it('of another keyring, or damaged, are as none', async () => {
    const { file, cache } = cacheIn()
    mkdirSync(file, { recursive: true })
    expect(await cache.load()).toBeNull()
    await cache.clear()
    expect(await cacheIn().cache.load()).toBeNull()
  })
})
