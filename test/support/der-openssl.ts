import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** DER of a SEQUENCE as OpenSSL writes it; each line as `openssl asn1parse -genconf` takes it. */
export function sequenceByOpenssl(lines: string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'bis-der-'))
  const fields = lines.map((line, at) => `f${at}=${line}`)
  writeFileSync(join(folder, 'conf'), ['asn1=SEQUENCE:all', '[all]', ...fields, ''].join('\n'))
  const args = ['asn1parse', '-genconf', join(folder, 'conf'), '-noout', '-out', join(folder, 'der')]
  execFileSync('openssl', args, { stdio: 'pipe' })
  return readFileSync(join(folder, 'der'))
}
