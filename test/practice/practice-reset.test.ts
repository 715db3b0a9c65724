import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { mkdtemp } from 'node:fs/promises'
import { onTestFinished, expect, test } from 'vitest'
import { memoryCache } from '../../src/main/commands/headless'
import { openLog } from '../../src/main/log'
import { createStudio } from '../../src/main/studio'
import { practiceProgram } from '../support/command'
import { practised } from '../support/studio'

test('a practice cloud in which a run works is not reset, afterwards it is, and the next one is fresh', async () => {
  const { studio, begin, go, stateOf, folder } = await practised()
  const run = await begin({})
  const { ended } = await studio.engine.continue(run, { stopAfter: 'connect.scope' })
  await expect(studio.resetPractice()).rejects.toMatchObject({ code: 'practice.in-use' })
  await ended
  const before = (await studio.practice.start()).profile
  const keptAs = await studio.resetPractice()
  expect(existsSync(path.join(keptAs!, 'ca.pem'))).toBe(true)
  expect(existsSync(path.join(folder, 'practice'))).toBe(false)
  const after = (await studio.practice.start()).profile
  expect(after.caFile).toBe(before.caFile)
  const next = await begin({})
  expect((await go(next, 'connect.scope')).is).toBe('done')
  expect((await stateOf(next)).steps['connect.signIn'].status).toBe('done')
}, 180_000)

test('a practice cloud whose state was damaged tells where the rest of it lies', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-damage-'))
  const open = () =>
    createStudio({
      stateFolder: folder,
      appVersion: 'test',
      log: openLog(path.join(folder, 'logs')),
      language: () => 'en',
      signInUi: { openBrowser: () => Promise.reject(new Error('no window')), showDeviceCode: () => undefined },
      tokenCache: memoryCache(),
      practice: { program: practiceProgram, speed: 'jump' },
      headless: { environment: {} },
    })
  const first = open()
  await first.practice.start()
  expect(first.practiceSetAside()).toBeNull()
  await first.close()
  writeFileSync(path.join(folder, 'practice', 'state.json'), '{"parts": 7')
  const second = open()
  onTestFinished(async () => {
    await second.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  await second.practice.start()
  const aside = second.practiceSetAside()
  expect(aside).not.toBeNull()
  expect(readdirSync(aside!).length).toBeGreaterThan(0)
}, 120_000)
