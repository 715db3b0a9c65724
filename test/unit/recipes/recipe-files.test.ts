import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { createEngine, type Engine } from '../../../src/main/engine/engine'
import type { AnyStep } from '../../../src/main/engine/step'
import { loadPlan } from '../../../src/main/plan'
import { createRecipeFiles, isElsewhere, parseRecipe, recipeText } from '../../../src/main/recipe-files'
import { createRecipeForm } from '../../../src/main/recipe-form'
import type { Part } from '../../../src/shared/parts'

const folder = mkdtempSync(path.join(tmpdir(), 'recipes-'))
afterAll(() => rmSync(folder, { recursive: true, maxRetries: 5 }))

const part: Part = {
  id: 'tools',
  name: 'Tools',
  files: [],
  script: 'apt-get -y install git\n# done',
  reboot: false,
  check: 'git --version',
  skip: false,
}
const good = { schema: 1, kind: 'install-recipe', name: 'Mine', parts: [part] }
const refused = (code: string) => expect.objectContaining({ code }) as Error

describe('an install recipe from a file', () => {
  it.each([
    ['an unknown key', { ...good, more: 1 }, 'recipe.invalid'],
    ['an unknown key of a part', { ...good, parts: [{ ...part, run: 'x' }] }, 'recipe.invalid'],
    ['another kind', { ...good, kind: 'plan' }, 'recipe.invalid'],
    ['another version', { ...good, schema: 2 }, 'recipe.invalid'],
    ['no parts', { ...good, parts: [] }, 'recipe.invalid'],
    ['too many parts', { ...good, parts: Array.from({ length: 101 }, () => part) }, 'recipe.invalid'],
    ['a script that is too long', { ...good, parts: [{ ...part, script: 'x'.repeat(20_001) }] }, 'recipe.invalid'],
    ['a name that turns around', { ...good, name: 'a', parts: [{ ...part, name: 'a\u202Eb' }] }, 'recipe.invalid'],
    ['a script with signs nobody sees', { ...good, parts: [{ ...part, script: 'rm\u200B x' }] }, 'recipe.invalid'],
    ['two parts of the same id', { ...good, parts: [part, part] }, 'recipe.invalid'],
    ['a zero byte in a script', { ...good, parts: [{ ...part, script: 'rm\0 x' }] }, 'recipe.invalid'],
    ['a file without a name', { ...good, parts: [{ ...part, files: [{ from: '', to: '/x' }] }] }, 'recipe.invalid'],
    ['nothing but a text', 'hello', 'recipe.invalid'],
  ])('with %s is refused', (_what, value, code) => {
    expect(() => parseRecipe(JSON.stringify(value), 'a.json')).toThrow(refused(code))
    expect(() => parseRecipe(stringify(value, { aliasDuplicateObjects: false }), 'a.yaml')).toThrow(refused(code))
  })

  it.each([
    ['broken text', '{"schema": 1'],
    ['a key that stands there twice', '{"schema":1,"kind":"install-recipe","name":"a","name":"b","parts":[]}'],
    ['bytes without end', 'x'.repeat(300_000)],
    ['keys that change every object', '{"__proto__":{"schema":1},"constructor":1,"schema":1,"schema":1}'],
    ['an anchor that grows', 'a: &a [x,x]\n'.repeat(3_000)],
    ['a nest without end', '['.repeat(50_000)],
  ])('that is %s cannot be read', (_what, text) => {
    expect(() => parseRecipe(text, 'a.yaml')).toThrow(refused('recipe.unreadable'))
  })

  it('sets nothing on every object of the program', () => {
    const json = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'
    const yaml = '__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\n'
    for (const text of [json, yaml]) expect(() => parseRecipe(text, 'a.yaml')).toThrow(refused('recipe.invalid'))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })

  it('is never taken for one, whatever stands there instead', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const text = JSON.stringify(value) ?? ''
        expect(() => parseRecipe(text, 'a.json')).toThrow(
          expect.objectContaining({
            code: expect.stringMatching(/^recipe\.(?:unreadable|invalid)$/) as string,
          }) as Error,
        )
      }),
    )
  })
})

describe('a recipe that is saved', () => {
  const script = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((one) => !/[\p{C}\u061c]/u.test(one))

  it('reads as it was written', () => {
    fc.assert(
      fc.property(fc.array(script, { minLength: 1, maxLength: 5 }), (lines) => {
        const parts = [{ ...part, check: '', script: lines.join('\n').replaceAll(/[=:]/g, ' ') }]
        expect(parseRecipe(recipeText({ name: 'Mine', parts }, 'a.yaml'), 'a.yaml').parts).toEqual(parts)
      }),
    )
  })

  it('holds no password', () => {
    const parts = [{ ...part, script: './setup --password hunter2' }]
    expect(() => recipeText({ name: 'Mine', parts }, 'a.yaml')).toThrow(
      expect.objectContaining({ code: 'recipe.secret', params: { parts: 'Tools' } }) as Error,
    )
  })
})

describe('a recipe of a stranger', () => {
  it('is taken only once it was shown, with its files only once they were', async () => {
    const { engine, run } = await begun()
    const files = createRecipeFiles(createRecipeForm(engine))
    const source = path.join(folder, 'recipe.yaml')
    writeFileSync(path.join(folder, 'setup.bin'), 'x')
    const copying = {
      ...part,
      files: [
        { from: 'setup.bin', to: '/opt/setup.bin' },
        { from: '../none', to: '/opt/none' },
      ],
    }
    writeFileSync(source, stringify({ ...good, parts: [copying] }))

    const shown = await files.open(source)
    expect(shown.files).toEqual([
      { part: 'Tools', from: path.join(folder, 'setup.bin'), to: '/opt/setup.bin', isThere: true },
      { part: 'Tools', from: path.resolve(folder, '../none'), to: '/opt/none', isThere: false },
    ])
    expect(await partsOf(engine, run)).toEqual([])
    await expect(files.take(run, 'recipe-9', true)).rejects.toMatchObject({ code: 'contract.refused' })
    await expect(files.take(run, shown.id, false)).rejects.toMatchObject({ code: 'contract.refused' })
    await files.take(run, shown.id, true)
    await files.take(run, (await files.open(source)).id, true)
    expect((await partsOf(engine, run)).map(({ id }) => id)).toEqual(['tools', 'tools-2'])

    const saved = path.join(folder, 'saved.yaml')
    expect(await files.save(run, saved)).toBe('saved.yaml')
    expect(await readFile(saved, 'utf8')).toContain('from: setup.bin')
    await engine.close()
  })

  // A look at \\server\share signs in there on Windows, and tells that server the hash of the password.
  it.each([
    ['\\\\evil.example\\share\\x.exe', 'C:\\recipes', true],
    ['//evil.example/share/x.exe', 'C:\\recipes', true],
    ['\\\\nas\\tools\\x.exe', '\\\\NAS\\tools\\recipes', false],
    ['C:\\recipes\\x.exe', 'C:\\recipes', false],
    ['/opt/x', '/home/me', false],
  ])('that names %s beside %s: on another computer is %s', (file, own, expected) => {
    expect(isElsewhere(file, own)).toBe(expected)
  })

  it('is shown in a plan too: what it runs and what it reads', async () => {
    const file = path.join(folder, 'plan.yaml')
    const parts = [{ ...part, files: [{ from: 'a.bin', to: '/opt/a.bin' }] }]
    writeFileSync(file, stringify({ schema: 1, recipe: 'from-vm', inputs: { 'vm.install': { parts } } }))
    const plan = await loadPlan(file)
    expect(plan.concerns).toEqual([
      { at: 'vm.install.parts.0.files.0.from', what: 'file', value: 'a.bin' },
      { at: 'vm.install.parts.0.script', what: 'script', value: part.script },
      { at: 'vm.install.parts.0.check', what: 'script', value: part.check },
    ])
    expect(plan.inputs['vm.install']).toEqual({
      parts: [{ ...part, files: [{ from: path.join(folder, 'a.bin'), to: '/opt/a.bin' }] }],
    })
  })
})

async function begun(): Promise<{ engine: Engine<object>; run: string }> {
  const install: AnyStep<object> = {
    id: 'vm.install',
    requires: [],
    parse: (input) => input,
    describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
    check: () => Promise.resolve({ is: 'todo' }),
    run: () => Promise.resolve({}),
  }
  const engine = createEngine<object>({
    folder: path.join(folder, 'state'),
    recipes: { 'from-vm': [install] },
    environment: () => ({}),
    proposals: () => ({ parts: [] }),
    now: () => new Date(),
    appVersion: 'test',
    takeProof: () => [],
  })
  return { engine, run: await engine.create({ recipe: 'from-vm', name: 'mine' }) }
}

async function partsOf(engine: Engine<object>, run: string): Promise<Part[]> {
  return (await engine.open(run)).forms['vm.install']['parts'] as Part[]
}
