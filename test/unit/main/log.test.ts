import { appendFileSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLog } from '../../../src/main/log'
import { redact } from '../../../src/shared/redact'

const secret = 'c2VjcmV0LXRoYXQtbXVzdC1nbw'

describe('the log', () => {
  it.each([
    ['a SAS in a URL', `https://a.blob.core.windows.net/c/b?sv=2025-01-05&sig=${secret}%3D&se=2026`],
    ['a SAS alone', `sig=${secret}`],
    ['a bearer header', `{"authorization":"Bearer ${secret}${secret}"}`],
    ['a token in a JSON answer', `{"access_token":"${secret}","expires_in":3599}`],
    ['a token in JSON inside JSON', JSON.stringify({ body: JSON.stringify({ refresh_token: secret }) })],
    ['a form body', `grant_type=refresh_token&refresh_token=${secret}&client_id=1`],
    ['a client secret', `client_secret=${secret}`],
    ['an account key', `DefaultEndpointsProtocol=https;AccountName=a;AccountKey=${secret}==;EndpointSuffix=x`],
    ['a password field', `{"adminPassword":"${secret}"}`],
    ['a disk access SAS', `{"accessSAS":"https://md-1.blob.core.windows.net/x?sig=${secret}"}`],
    ['a JSON web token', `token eyJhbGciOiJub25lIn0.${secret}.${secret}`],
    ['a proxy’s password in its address', `HTTPS_PROXY=http://user:${secret}@proxy.contoso.com:8080`],
    ['a private key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${secret}\n-----END OPENSSH PRIVATE KEY-----`],
    ['a cut-off private key', `-----BEGIN RSA PRIVATE KEY-----\n${secret}`],
  ])('never keeps %s', (_name, text) => {
    expect(redact(text)).not.toContain(secret)
  })

  it('keeps what helps support', () => {
    const text = '{"status":403,"requestId":"8f1c9f6e-1111-4a3c-9a3e-2f5f7f3b1d11","url":"https://host/container/blob"}'
    expect(redact(text)).toBe(text)
  })

  it('rotates before a file grows past 5 MiB and keeps three old ones', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bis-log-'))
    const log = openLog(folder)
    const filler = 'x'.repeat(1_000_000)
    for (let i = 0; i < 26; i++) log.write('info', filler)
    expect(readdirSync(folder).sort()).toEqual(['app.log', 'app.log.1', 'app.log.2', 'app.log.3'])
    expect(readFileSync(join(folder, 'app.log.1')).length).toBeLessThanOrEqual(5 * 1024 * 1024)
  })

  it('shows its last lines newest first, by level, and redacts what an older version wrote', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bis-log-'))
    const log = openLog(folder, () => new Date('2026-11-25T10:00:00Z'))
    log.write('info', 'first')
    log.write('warn', 'second', { n: 1 })
    appendFileSync(join(folder, 'app.log'), `{"at":"x","level":"error","msg":"old sig=${secret}"}\nnot a line\n`)
    log.write('info', 'last')
    expect(log.lines('info', 10).map(({ text }) => text)).toEqual([
      'last',
      'old sig=[redacted]',
      'second {"n":1}',
      'first',
    ])
    expect(log.lines('warn', 10).map(({ level }) => level)).toEqual(['error', 'warn'])
    expect(log.lines('info', 1)).toEqual([{ at: '2026-11-25T10:00:00.000Z', level: 'info', text: 'last' }])
    log.clear()
    expect(log.lines('info', 10)).toEqual([])
    expect(readdirSync(folder)).toEqual([])
  })

  it('does not stop the app when its folder cannot be made', () => {
    expect(() => openLog('/dev/null/nowhere').write('info', 'still here')).not.toThrow()
  })
})
