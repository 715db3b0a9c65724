import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClouds, type Clouds } from '../../src/main/clouds'
import { memoryCache } from '../../src/main/commands/headless'
import { openLog } from '../../src/main/log'
import { createPracticeProcess, type PracticeProcess } from '../../src/main/practice-process'
import { practiceProgram } from '../support/command'
import { signInAs } from '../wire/practice'

const form = { cloud: 'practice' }
const never = new AbortController().signal
let folder: string
let practice: PracticeProcess
let clouds: Clouds
let person = ''
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'clouds-'))
  practice = createPracticeProcess({ program: practiceProgram, folder, log: openLog(path.join(folder, 'logs')) })
  clouds = createClouds({
    practice,
    signInUi: {
      openBrowser: async (url, profile) => void (await signInAs(profile, url, person)),
      showDeviceCode: () => undefined,
    },
    tokenCache: memoryCache(),
  })
  await practice.start()
}, 60_000)
afterAll(async () => {
  clouds.close()
  await practice.stop()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function signInTo(run: string, name: string) {
  person = name
  await clouds.signIn(run, form, { method: 'browser' }, never)
}
const whoIs = async (run: string, account?: string) =>
  (await clouds.identity(run, form, 'browser', account ? { account } : {}))?.username

it('a run works as the person who just signed in to it, whoever else is in the cache or was there before', async () => {
  await signInTo('first', 'Olivia Owner')
  await signInTo('second', 'Rafael Reader')
  expect(await whoIs('second')).toBe('reader@practice.example')
  expect(await whoIs('first')).toBe('owner@practice.example')
  await signInTo('first', 'Rafael Reader')
  expect(await whoIs('first', 'owner@practice.example')).toBe('reader@practice.example')
})
