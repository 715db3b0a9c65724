import { expect, test } from 'vitest'
import { needingPerson, noticeOf, taskBarOf } from '../../../src/shared/notices'
import type { RunSummary } from '../../../src/shared/run'
import { searchCommands, type Command } from '../../../src/shared/search-commands'
import { shortcutOf } from '../../../src/shared/shortcuts'

function line(change: Partial<RunSummary>): RunSummary {
  return {
    id: 'r',
    name: 'Farm',
    recipe: 'from-disk',
    cloud: 'practice',
    createdAt: '',
    updatedAt: '',
    step: 'image.version',
    status: 'running',
    done: 3,
    total: 17,
    scaffold: 0,
    ...change,
  }
}
const error = { code: 'offline', params: {}, details: {} } as const
const cancelled = { code: 'cancelled', params: {}, details: {} } as const

test('a run that ends by itself is told of: finished, failed, or in need of a person', () => {
  expect(noticeOf(line({}), line({ status: 'finished', step: null }))?.kind).toBe('finished')
  expect(noticeOf(line({}), line({ status: 'failed', error }))).toEqual({
    kind: 'failed',
    step: 'image.version',
    left: 0,
  })
  expect(noticeOf(line({}), line({ status: 'ready', step: 'pool.create' }))).toMatchObject({
    kind: 'person',
    step: 'pool.create',
  })
  expect(noticeOf(line({}), line({ status: 'cancelled', left: 0 }))?.kind).toBe('cancelled')
  expect(noticeOf(line({}), line({ status: 'cancelled', left: 2 }))).toMatchObject({ kind: 'cancelledLeft', left: 2 })
})

test('nobody is told of what a person did, of what goes on, or of what was so at the start', () => {
  expect(noticeOf(line({}), line({ status: 'paused' }))).toBeNull()
  expect(noticeOf(line({}), line({ status: 'failed', error: cancelled }))).toBeNull()
  expect(noticeOf(line({}), line({ step: 'pool.create' }))).toBeNull()
  expect(noticeOf(line({}), line({ status: 'waiting' }))).toBeNull()
  expect(noticeOf(undefined, line({ status: 'failed', error }))).toBeNull()
  expect(noticeOf(line({ status: 'failed', error }), line({ status: 'failed', error }))).toBeNull()
})

test('the task bar shows work first, then what stopped and nobody has seen', () => {
  const worked = new Set(['r'])
  expect(taskBarOf([line({ percent: 61 })], worked)).toEqual({ share: 0.61, mode: 'normal' })
  expect(taskBarOf([line({ percent: 20 }), line({ id: 'b', percent: 40 })], worked).share).toBeCloseTo(0.3)
  expect(taskBarOf([line({})], worked).mode).toBe('indeterminate')
  expect(taskBarOf([line({ status: 'waiting' })], worked).mode).toBe('paused')
  expect(taskBarOf([line({ status: 'paused', percent: 38 })], worked)).toEqual({ share: 0.38, mode: 'paused' })
  expect(taskBarOf([line({ status: 'failed', error })], worked).mode).toBe('error')
  expect(taskBarOf([line({ status: 'failed', error })], new Set())).toEqual({ share: -1, mode: 'none' })
  expect(taskBarOf([line({ status: 'finished' })], worked)).toEqual({ share: -1, mode: 'none' })
})

test('those count as waiting for a person that do not go on by themselves', () => {
  const statuses = [
    'ready',
    'failed',
    'interrupted',
    'cancelling',
    'running',
    'waiting',
    'paused',
    'finished',
    'new',
  ] as const
  expect(needingPerson(statuses.map((status) => line({ status })))).toBe(4)
})

const press = (key: string, change: object = {}) =>
  shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, isTyping: false, ...change })

test('shortcuts work by Ctrl or Command, and F1 everywhere', () => {
  expect(press('k', { ctrlKey: true })).toBe('palette')
  expect(press('K', { metaKey: true })).toBe('palette')
  expect(press('P', { ctrlKey: true, shiftKey: true })).toBe('pause')
  expect(press('PageUp', { ctrlKey: true })).toBe('previousStep')
  expect(press('PageDown', { ctrlKey: true, isTyping: true })).toBe('nextStep')
  expect(press('F1', { isTyping: true })).toBe('help')
})

test('typing stays typing: no letter alone, no question mark in a field, nothing with Alt or AltGr', () => {
  expect(press('k')).toBeNull()
  expect(press('?', { shiftKey: true })).toBe('help')
  expect(press('?', { shiftKey: true, isTyping: true })).toBeNull()
  for (const key of ['k', 'p', 'PageUp', 'F1', '?', '@', '€']) {
    expect(press(key, { ctrlKey: true, altKey: true, shiftKey: true })).toBeNull()
  }
})

test('the palette finds by every word, without accents and capitals, the beginning first', () => {
  const command = (label: string, detail = ''): Command => ({
    id: label,
    group: 'steps',
    label,
    detail,
    run: () => undefined,
  })
  const all = [command('Übungslauf'), command('New upload'), command('Upload', 'paused')]
  expect(searchCommands(all, 'ubung').map(({ label }) => label)).toEqual(['Übungslauf'])
  expect(searchCommands(all, 'UPLOAD').map(({ label }) => label)).toEqual(['Upload', 'New upload'])
  expect(searchCommands(all, 'upload pau').map(({ label }) => label)).toEqual(['Upload'])
  expect(searchCommands(all, '')).toHaveLength(3)
  expect(searchCommands(all, 'nothing')).toEqual([])
})
