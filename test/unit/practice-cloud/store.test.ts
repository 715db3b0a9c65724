import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createClock, parseSpeed } from '../../../src/main/practice/clock'
import { createFaults } from '../../../src/main/practice/faults'
import { createOperations } from '../../../src/main/practice/operations'
import { openStats } from '../../../src/main/practice/stats'
import { openStore, type Store } from '../../../src/main/practice/store'

const folder = () => mkdtempSync(join(tmpdir(), 'practice-store-'))
const group = {
  id: '/subscriptions/s/resourceGroups/RG',
  name: 'RG',
  type: 'Microsoft.Resources/resourceGroups',
  wire: { location: 'x' },
}
const child = { ...group, id: '/subscriptions/s/resourceGroups/rg/providers/a/b/c', name: 'c', type: 'a/b' }

describe('the state of a practice cloud', () => {
  it('finds resources in any case and keeps the spelling of their creator', () => {
    const store = openStore(folder())
    store.put(group)
    expect(store.find(group.id.toLowerCase())?.id).toBe(group.id)
    store.put({ ...group, id: group.id.toUpperCase() })
    expect(store.find(group.id)?.id).toBe(group.id)
  })

  it('removes a resource with everything below it, and nothing that only starts alike', () => {
    const store = openStore(folder())
    store.put(group)
    store.put(child)
    store.put({ ...group, id: `${group.id}2` })
    store.remove(group.id)
    expect(Object.keys(store.resources)).toEqual([`${group.id}2`.toLowerCase()])
  })

  it('is read again as it was saved', () => {
    const place = folder()
    const store = openStore(place)
    store.put(group)
    store.part('things', () => ({ list: [1] })).list.push(2)
    store.save()
    const again = openStore(place)
    expect(again.resources).toEqual(store.resources)
    expect(again.part('things', () => ({ list: [] as number[] })).list).toEqual([1, 2])
  })

  it('survives a kill in the middle of writing: the half-written file is not the state', () => {
    const place = folder()
    const store = openStore(place)
    store.put(group)
    store.save()
    writeFileSync(join(place, 'state.json.new'), '{"schema":1,"resou')
    expect(openStore(place).find(group.id)?.name).toBe('RG')
  })

  it('refuses a state from a newer version instead of destroying it', () => {
    const place = folder()
    writeFileSync(join(place, 'state.json'), '{"schema":99}')
    expect(() => openStore(place)).toThrow(/newer version/)
    expect(readFileSync(join(place, 'state.json'), 'utf8')).toBe('{"schema":99}')
  })
})

describe('the clock', () => {
  it('runs at its speed and does not go back when the speed changes', () => {
    let real = 1_000_000
    const clock = createClock(openStore(folder()), 60, () => real)
    const start = clock.now()
    real += 1000
    expect(clock.now() - start).toBe(60_000)
    clock.setSpeed(1)
    real += 1000
    expect(clock.now() - start).toBe(61_000)
  })

  it('goes on after a restart; the time in between was real time', () => {
    const place = folder()
    let real = 1_000_000
    const store = openStore(place)
    const clock = createClock(store, 60, () => real)
    store.beforeSave(() => clock.keep())
    real += 10_000
    const last = clock.now()
    store.touch()
    store.save()
    real += 5_000
    const again = createClock(openStore(place), null, () => real)
    expect([again.now() - last, again.speed()]).toEqual([5_000, 60])
  })

  it.each([
    ['jump', 'jump'],
    ['60', 60],
    ['x60', 60],
    ['0', null],
    ['fast', null],
    ['1e9', null],
  ])('reads the speed %s as %s', (text, speed) => expect(parseSpeed(text)).toBe(speed))
})

function world(speed: 'jump' | number, now: () => number = Date.now, place = folder()) {
  const store: Store = openStore(place)
  const clock = createClock(store, speed, now)
  store.beforeSave(() => clock.keep())
  const faults = createFaults(store)
  const operations = createOperations(store, clock, faults, () => 'https://127.0.0.1:1')
  operations.onEnd('make', (operation, resource) => {
    if (resource) resource.wire = { ended: operation.error ? 'badly' : 'well' }
  })
  store.put(group)
  const start = (over = {}) =>
    operations.start({
      kind: 'make',
      path: '/poll/{id}',
      resourceId: group.id,
      durationMs: 20_000,
      target: 'PUT /x',
      ...over,
    })
  return { store, clock, faults, operations, start, place }
}

describe('a long-running operation', () => {
  it('ends by the clock, not by reading, when time runs', () => {
    let real = 0
    const { operations, store, start } = world(10, () => real)
    const { id } = start()
    for (let read = 0; read < 10; read++) expect(operations.read(id)?.status).toBe('InProgress')
    real = 1_000
    expect(operations.progress(operations.find(id)!)).toBe(0.5)
    real = 2_000
    operations.settle()
    expect([operations.find(id)?.status, store.find(group.id)?.wire]).toEqual(['Succeeded', { ended: 'well' }])
  })

  it('ends with its second or third read in jump mode, and the clock jumps along', () => {
    const real = 0
    const { operations, clock, start } = world('jump', () => real)
    const before = clock.now()
    const { id } = start()
    expect([operations.read(id)?.status, operations.read(id)?.status]).toEqual(['InProgress', 'Succeeded'])
    expect(clock.now() - before).toBe(20_000)
  })

  it('is polled at the same place after a restart', () => {
    const { operations, store, start, place } = world('jump')
    const operation = start()
    const headers = operations.headers(operation, '2025-12-03')
    store.save()
    const again = world('jump', Date.now, place)
    expect(again.operations.find(operation.id)?.status).toBe('InProgress')
    expect(headers['azure-asyncoperation']).toBe(`https://127.0.0.1:1/poll/${operation.id}?api-version=2025-12-03`)
  })

  it('fails or hangs by an incident, counted down', () => {
    const { faults, operations, start, store } = world('jump')
    faults.add({ kind: 'fail-operation', match: 'PUT /x', count: 1, action: 'AllocationFailed' })
    const failing = start()
    operations.read(failing.id)
    expect(operations.read(failing.id)).toMatchObject({ status: 'Failed', error: { code: 'AllocationFailed' } })
    expect(store.find(group.id)?.wire).toEqual({ ended: 'badly' })
    faults.add({ kind: 'hang-operation', count: 1 })
    const hanging = start()
    for (let read = 0; read < 20; read++) operations.read(hanging.id)
    expect(operations.find(hanging.id)?.status).toBe('InProgress')
    expect(faults.all()).toEqual([])
  })
})

describe('the counters', () => {
  const put = { method: 'PUT', route: '/a/{}', url: '/a/1', bodyHash: 'x', status: 201 }

  it('count repeats of a successful PUT with the same body, and no others', () => {
    const stats = openStats(folder())
    stats.count(put)
    stats.count({ ...put, bodyHash: 'y' })
    stats.count({ ...put, status: 429 })
    stats.count({ ...put, url: '/a/2' })
    expect(stats.report().repeatedPutTotal).toBe(0)
    stats.count(put)
    expect(stats.report()).toMatchObject({
      repeatedPuts: { '/a/1': 1 },
      repeatedPutTotal: 1,
      requests: { 'PUT /a/{}': 5 },
    })
    stats.close()
  })

  it('survive a restart and start again from a torn file', () => {
    const place = folder()
    const stats = openStats(place)
    stats.count(put)
    stats.close()
    const again = openStats(place)
    again.count(put)
    expect(again.report().repeatedPutTotal).toBe(1)
    again.close()
    for (const damaged of ['{"requ', 'null', '[]']) {
      writeFileSync(join(place, 'stats.json'), damaged)
      const fresh = openStats(place)
      fresh.count(put)
      expect(fresh.report()).toEqual({ requests: { 'PUT /a/{}': 1 }, repeatedPuts: {}, repeatedPutTotal: 0 })
    }
  })

  it('forgets the oldest of many thousand writes, so that the counters stay small', () => {
    const place = folder()
    const stats = openStats(place)
    for (let at = 0; at <= 20_000; at++) stats.count({ ...put, url: `/a/${at}` })
    for (const url of ['/a/0', '/a/20000']) stats.count({ ...put, url })
    expect(stats.report().repeatedPuts).toEqual({ '/a/20000': 1 })
    stats.close()
  })
})
