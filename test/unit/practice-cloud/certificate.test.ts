import { X509Certificate } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCertificate } from '../../../src/main/practice/cert'
import { lockFolder } from '../../../src/main/practice/folder-lock'

const folder = () => mkdtempSync(join(tmpdir(), 'practice-cert-'))
const dayMs = 86_400_000

describe('the certificate', () => {
  it('is for this computer only, signed by the authority in the file', async () => {
    const made = await openCertificate(folder())
    const server = new X509Certificate(made.cert)
    const authority = new X509Certificate(readFileSync(made.caFile))
    expect([server.checkIP('127.0.0.1'), server.checkHost('localhost'), server.checkHost('example.org')]).toEqual([
      '127.0.0.1',
      'localhost',
      undefined,
    ])
    expect([server.verify(authority.publicKey), authority.ca, server.ca]).toEqual([true, true, false])
    // Apple's limit for server certificates is 398 days.
    expect(Date.parse(server.validTo) - Date.parse(server.validFrom)).toBeLessThanOrEqual(398 * dayMs)
  })

  it('stays the same until it is about to end, then changes under the same authority', async () => {
    const place = folder()
    const first = await openCertificate(place)
    const authority = readFileSync(first.caFile, 'utf8')
    expect((await openCertificate(place)).cert).toBe(first.cert)
    const later = await openCertificate(place, Date.now() + 380 * dayMs)
    expect(later.cert).not.toBe(first.cert)
    expect(readFileSync(later.caFile, 'utf8')).toBe(authority)
  })

  it('is made anew when its files are damaged or belong to another authority', async () => {
    const place = folder()
    const first = await openCertificate(place)
    const other = await openCertificate(folder())
    writeFileSync(first.caFile, readFileSync(other.caFile))
    const mended = await openCertificate(place)
    const [server, authority] = [new X509Certificate(mended.cert), new X509Certificate(readFileSync(mended.caFile))]
    expect(server.verify(authority.publicKey)).toBe(true)
    writeFileSync(join(place, 'server.pem'), 'not a certificate')
    const again = await openCertificate(place)
    expect(new X509Certificate(again.cert).verify(new X509Certificate(readFileSync(again.caFile)).publicKey)).toBe(true)
  })
})

describe('the lock of the state folder', () => {
  it('lets the next one in when it is released', async () => {
    const place = folder()
    const first = await lockFolder(place)
    const second = lockFolder(place)
    first.release()
    ;(await second).release()
    expect(existsSync(join(place, 'practice.lock'))).toBe(false)
  })

  it.each(['{"pid":999999999}', '{"pid":', ''])('takes over what a dead process left: %s', async (left) => {
    const place = folder()
    writeFileSync(join(place, 'practice.lock'), left)
    const lock = await lockFolder(place)
    expect(readFileSync(join(place, 'practice.lock'), 'utf8')).toContain(String(process.pid))
    lock.release()
  })
})
