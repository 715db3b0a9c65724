import { expect, test } from 'vitest'
import { costOf } from '../../../src/shared/costs'
import { percentOf, whenClosed } from '../../../src/shared/progress'
import { mayBeLeftOut, recipes } from '../../../src/shared/terms'

test('percent is told where something is counted, never for mere questions', () => {
  expect(percentOf({ done: 30, total: 40, unit: 'bytes' })).toBe(75)
  expect(percentOf({ done: 41, total: 40, unit: 'bytes' })).toBe(100)
  expect(percentOf({ done: 3, total: 0, unit: 'polls' })).toBeUndefined()
  expect(percentOf(null)).toBeUndefined()
})

test('the app may be closed only while it does nothing but ask Azure how far it is', () => {
  const asking = { done: 3, total: 0, unit: 'polls' } as const
  expect(whenClosed('goesOn', asking)).toBe('goesOn')
  expect(whenClosed('goesOn', { done: 32, total: 100, unit: 'percent' })).toBe('goesOn')
  expect(whenClosed('goesOn', null)).toBe('waits')
  expect(whenClosed('goesOn', { done: 1, total: 2, unit: 'steps' })).toBe('waits')
  expect(whenClosed('waits', asking)).toBe('waits')
  expect(whenClosed(undefined, asking)).toBe('again')
})

test('a run may end at the image; what leads there cannot be left out', () => {
  const leavable = recipes['from-disk'].filter((step) => mayBeLeftOut('from-disk', step))
  expect(leavable).toEqual(['pool.create', 'pool.canary', 'finish.verify', 'finish.cleanup'])
})

test('what costs money is known by its kind', () => {
  expect(costOf('pool')).toBe('running')
  expect(costOf('page blob')).toBe('storage')
  expect(costOf('resource group')).toBeNull()
  expect(costOf('constructor')).toBeNull()
})
