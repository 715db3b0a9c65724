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
    ['more than 5 MB', `# ${'x'.repeat(6 * 1024 * 1024)}\nschema: 1`],
  ])('of %s is unreadable', (_what, text) => {
    expect(() => parsePlan(text, 'a.yaml')).toThrow(expect.objectContaining({ code: 'plan.unreadable' }) as Error)
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
    applySetting(inputs, setting)
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
