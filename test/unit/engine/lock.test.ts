import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { acquireLock, isLocked } from '../../../src/main/engine/lock'

let folder: string
let file: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'))
  file = path.join(folder, 'lock.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A process that has lived and is gone: its id is real, nobody has it. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid!
}

function leave(holder: object) {
  writeFileSync(file, JSON.stringify({ start: null, host: hostname(), key: 'k', ...holder }))
}

test('a lock is held by one and free after its release', async () => {
  const lock = await acquireLock(file)
  expect(await isLocked(file)).toBe(true)
  await expect(acquireLock(file)).rejects.toMatchObject({ code: 'run.locked' })
  await lock.release()
  expect(existsSync(file)).toBe(false)
  await (await acquireLock(file)).release()
})

test('of ten that want it at once, one gets it', async () => {
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => acquireLock(file)))
  const [held, ...more] = results.filter((result) => result.status === 'fulfilled')
  expect(more).toEqual([])
  await held!.value.release()
})

test('the lock of a process that died is taken over, by one of ten', async () => {
  leave({ pid: await deadPid() })
  expect(await isLocked(file)).toBe(false)
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => acquireLock(file)))
  const [held, ...more] = results.filter((result) => result.status === 'fulfilled')
  expect(more).toEqual([])
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid })
  await held!.value.release()
})

test.runIf(process.platform === 'linux')('a process with the same id that started later is another one', async () => {
  leave({ pid: process.pid, start: 'other-boot/123' })
  await (await acquireLock(file)).release()
})

test('a lock from another computer counts while its heart beats', async () => {
  leave({ pid: 1, host: 'elsewhere.example' })
  await expect(acquireLock(file)).rejects.toMatchObject({ code: 'run.locked' })
})

test('a lock from another computer without a heartbeat is taken over', async () => {
  leave({ pid: 1, host: 'elsewhere.example' })
  utimesSync(file, new Date(0), new Date(0))
  await (await acquireLock(file)).release()
})

test('a lock file that makes no sense is taken over once it is old', async () => {
  writeFileSync(file, '{"pid":')
  await expect(acquireLock(file)).rejects.toMatchObject({ code: 'run.locked' })
  utimesSync(file, new Date(0), new Date(0))
  await (await acquireLock(file)).release()
})

test('nobody removes a lock that somebody else has taken over meanwhile', async () => {
  const lock = await acquireLock(file)
  leave({ pid: process.pid, key: 'another' })
  await lock.release()
  expect(existsSync(file)).toBe(true)
})
