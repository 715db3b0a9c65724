import fc from 'fast-check'
import { join, posix, relative, win32 } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fittingName, isOneName, partOf, type NameRules } from '../../../src/main/sessions/files-names'

const fit = (name: string, rules: NameRules, taken = new Set<string>()) => fittingName(name, rules, taken)
const anyName = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('.', '/', '\\', '\0', ' ', ':', 'a', '\n', 'ä', '🚀') }),
  fc.stringMatching(/^(con|aux|com1|LPT9|nul)(\.[a-z]{0,3})?[ .]{0,2}$/),
  fc.string({ minLength: 200, maxLength: 400, unit: 'grapheme' }),
)

describe('names of the VM on this computer', () => {
  it.each(['', '.', '..', '../x', '/etc/passwd', 'a/b', 'a\0b'])('%j is no name', (name) => {
    expect(isOneName(name)).toBe(false)
    for (const rules of ['windows', 'mac', 'posix'] as const) expect(fit(name, rules)).toBeNull()
  })

  // https://learn.microsoft.com/windows/win32/fileio/naming-a-file
  it.each([
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['Com1.tar.gz', '_Com1.tar.gz'],
    ['COM\u00b9', '_COM\u00b9'],
    ['console', 'console'],
    ['ends.', 'ends_'],
    ['ends with blanks  ', 'ends with blanks__'],
    ['..\\..\\x', '.._.._x'],
    ['C:\\Windows', 'C__Windows'],
    ['file.txt:stream', 'file.txt_stream'],
    ['a<b>"c|d?e*', 'a_b__c_d_e_'],
    ['new\nline\u0007', 'new_line_'],
  ])('Windows gets %j as %j', (name, expected) => expect(fit(name, 'windows')).toBe(expected))

  it('keeps apart what a system does not tell apart', () => {
    const taken = new Set<string>()
    expect(['Read.me', 'READ.ME', 'read.me'].map((name) => fit(name, 'windows', taken))).toEqual([
      'Read.me',
      'READ (2).ME',
      'read (3).me',
    ])
    expect(fit('Ä', 'mac', new Set(['ä']))).toBe('Ä (2)')
    expect(fit('READ.ME', 'posix', new Set(['read.me']))).toBe('READ.ME')
  })

  it('leaves alone what Linux takes', () => {
    for (const name of ['line\nbreak', 'back\\slash', 'CON', 'ends.', ' ', '-rf']) expect(fit(name, 'posix')).toBe(name)
  })

  it.each([
    ['posix', posix],
    ['mac', posix],
    ['windows', win32],
  ] as const)('whatever a server sends, %s writes it directly into the chosen folder', (rules, path) => {
    const folder = rules === 'windows' ? 'C:\\chosen' : '/chosen'
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 5 }), (names) => {
        const taken = new Set<string>()
        const fitting = names.flatMap((name) => fit(name, rules, taken) ?? [])
        for (const name of fitting) {
          expect(path.dirname(path.join(folder, name))).toBe(folder)
          expect(rules === 'posix' ? Buffer.byteLength(name) : name.length).toBeLessThanOrEqual(255)
        }
        const keys = fitting.map((name) => (rules === 'posix' ? name : name.normalize('NFC').toLowerCase()))
        expect(new Set(keys).size).toBe(fitting.length)
      }),
      { numRuns: 500 },
    )
  })

  it('no name of Windows is one of its devices, ends in a dot or holds a character that it forbids', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const fitting = fit(name, 'windows') ?? 'none'
        expect(fitting).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i)
        expect(fitting).not.toMatch(/[<>:"/\\|?*\p{Cc}]|[. ]$/u)
      }),
      { numRuns: 1000 },
    )
  })

  it('long names that begin alike stay apart and keep their extension', () => {
    const [one, other] = ['a', 'b'].map((end) => fit(`${'ä'.repeat(200)}${end}.tar.gz`, 'posix'))
    expect(one).toMatch(/~[0-9a-f]{8}\.tar\.gz$/)
    expect(one).not.toBe(other)
  })

  it('a half file lies beside its place', () => {
    fc.assert(
      fc.property(anyName.filter(isOneName), (name) => {
        const path = join('/chosen', fit(name, 'posix')!)
        expect(relative('/chosen', partOf(path))).not.toContain('/')
        expect(Buffer.byteLength(relative('/chosen', partOf(path)))).toBeLessThanOrEqual(255)
        expect(partOf(path)).not.toBe(path)
      }),
    )
  })
})
