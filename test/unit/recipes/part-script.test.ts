import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { composed, hashOf, tailOf } from '../../../src/main/steps/part-script'
import type { Part } from '../../../src/shared/parts'

const folder = mkdtempSync(path.join(tmpdir(), 'parts-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** As it runs in a VM: bash reads the script from its standard input. */
function bash(script: string) {
  const { status, stdout, stderr } = spawnSync('bash', ['-s'], { input: composed('linux', script), encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

describe('a part on Linux', () => {
  it.each([
    ['stops at the first command that fails', 'echo one\nfalse\necho two', { code: 1, stdout: 'one\n' }],
    ['fails where a part of a pipe fails', 'false | cat\necho two', { code: 1, stdout: '' }],
    ['ends with the code that it says', 'exit 42', { code: 42, stdout: '' }],
    ['is not eaten by a command that reads', 'cat\necho after', { code: 0, stdout: 'after\n' }],
    ['may end with a backslash', 'echo one \\', { code: 0, stdout: 'one\n' }],
    ['may be nothing but a comment', '# nothing', { code: 0, stdout: '' }],
    ['may have lines as Windows writes them', 'echo one\r\necho two\r\n', { code: 0, stdout: 'one\ntwo\n' }],
    ['may hold a document', 'cat <<END\na }\nEND\necho b', { code: 0, stdout: 'a }\nb\n' }],
    ['may end in a document', 'cat <<END\na\nEND', { code: 0, stdout: 'a\n' }],
    ['may have a trap of its own', "trap 'echo bye' EXIT\necho hi", { code: 0, stdout: 'hi\nbye\n' }],
  ])('%s', (_what, script, wanted) => expect(bash(script)).toMatchObject(wanted))

  it('of which a quote is missing runs nothing at all', () => {
    const { code, stdout } = bash('echo before\necho "')
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
  })

  it('prints any text as it is written', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/[\0\r]/.test(one))
    fc.assert(
      fc.property(text, (one) => {
        const quoted = `'${one.replaceAll("'", `'\\''`)}'`
        expect(bash(`printf %s ${quoted}`).stdout).toBe(one)
      }),
      { numRuns: 40 },
    )
  })
})

describe('what is kept of an output', () => {
  it.each([
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['the title of a window', '\u001b]0;title\u0007text', 'text'],
    ['lines that were written over', '10 %\r50 %\r100 %\nend', '100 %\nend'],
    ['what is no text', 'a\u0000b\u0007c\u0008', 'abc'],
  ])('is without %s', (_what, output, kept) => expect(tailOf(output)).toBe(kept))

  it('is its last lines', () => {
    const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`)
    expect(tailOf(lines.join('\n')).split('\n')).toEqual(lines.slice(-40))
    expect(tailOf('x'.repeat(1_000_000))).toHaveLength(1000)
    expect(tailOf('x y z\n'.repeat(100_000).replaceAll('y', 'y'.repeat(500)))).toHaveLength(4000)
  })

  it('is never slow, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (output) => {
        expect(tailOf(output)).not.toMatch(/[^\P{Cc}\n\t]/u)
      }),
    )
  })
})

describe('a part is told from how it ran', () => {
  const file = path.join(folder, 'setup.bin')
  const part: Part = {
    id: 'a',
    name: 'A',
    files: [{ from: file, to: '/opt/setup.bin' }],
    script: 'true',
    reboot: false,
    check: '',
    skip: false,
  }
  writeFileSync(file, 'one')

  it('by its script, restart, check and files, not by its name or place', async () => {
    const hash = await hashOf(part)
    expect(await hashOf({ ...part, id: 'b', name: 'B' })).toBe(hash)
    for (const change of [{ script: 'false' }, { reboot: true }, { check: 'true' }, { files: [] }]) {
      expect(await hashOf({ ...part, ...change })).not.toBe(hash)
    }
    expect(await hashOf({ ...part, files: [{ from: file, to: '/opt/other.bin' }] })).not.toBe(hash)
    utimesSync(file, new Date(0), new Date(0))
    expect(await hashOf(part)).not.toBe(hash)
  })

  it('and a file that is gone is named', async () => {
    const from = path.join(folder, 'none')
    await expect(hashOf({ ...part, files: [{ from, to: '/x' }] })).rejects.toMatchObject({
      code: 'recipe.file-missing',
      params: { part: 'A', file: from },
    })
  })
})
