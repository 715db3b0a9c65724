import { describe, expect, it } from 'vitest'
import { answer, type Handlers } from '../../../src/main/answer'

const seen: unknown[] = []
const loop: { again?: unknown } = {}
loop.again = loop
// Records what reaches a handler: the point of these tests is what must not.
const handlers = new Proxy({} as Handlers, {
  get: (_target, name) => (input: unknown) => {
    seen.push([name, input])
    return null
  },
})

describe('the window may only ask what the contract lists', () => {
  it.each([
    ['an unknown name', 'fs.read', { path: '/etc/passwd' }],
    ['a name from the prototype', 'constructor', {}],
    ['__proto__', '__proto__', {}],
    ['no name', undefined, {}],
    ['an object as name', { toString: (): string => 'app.facts' }, {}],
    ['a missing input', 'run.create', undefined],
    ['an array as input', 'step.perform', []],
    ['a run id that walks folders', 'step.perform', { run: '../../etc', step: 'disk.upload' }],
    ['an unknown step', 'step.perform', { run: 'a', step: 'disk.format' }],
    ['an extra key', 'run.rename', { run: 'a', name: 'b', admin: true }],
    ['an overlong name', 'run.rename', { run: 'a', name: 'x'.repeat(81) }],
    ['an overlong clipboard', 'clipboard.write', { text: 'x'.repeat(100_001) }],
    ['a form too large for any', 'step.input', { run: 'a', step: 'pool.create', input: { x: 'x'.repeat(100_001) } }],
    ['a form that is no data', 'step.input', { run: 'a', step: 'pool.create', input: { x: 10n } }],
    ['a form that contains itself', 'step.input', { run: 'a', step: 'pool.create', input: { x: loop } }],
    ['a list nobody offers', 'cloud.list', { run: 'a', list: 'secrets' }],
  ])('%s is refused before any handler runs', async (_case, name, input) => {
    seen.length = 0
    await expect(answer(handlers, name, input)).rejects.toMatchObject({ code: 'contract.refused' })
    expect(seen).toEqual([])
  })

  it('a proper message reaches its handler as parsed', async () => {
    seen.length = 0
    await answer(handlers, 'run.rename', { run: 'a-1', name: 'Maya' })
    expect(seen).toEqual([['run.rename', { run: 'a-1', name: 'Maya' }]])
  })
})
