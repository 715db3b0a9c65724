import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningPractice } from '../../src/main/practice/start'
import { ask, newFolder, serviceToken, startCloud, subscription } from './practice'

const folder = newFolder()
let cloud: RunningPractice

beforeAll(async () => {
  cloud = await startCloud({ folder })
})
afterAll(() => cloud.close())

it('a cloud that cannot write its state promises nothing, and goes on when it can write again', async () => {
  const token = await serviceToken(cloud)
  const path = `/subscriptions/${subscription}/resourcegroups/rg-full?api-version=2025-04-01`
  const put = () => ask(cloud.profile, 'PUT', path, { token, body: { location: 'westeurope' } })
  // A folder in the place of the file to be written stops every save, as a full disk does.
  mkdirSync(join(folder, 'state.json.new'))
  const refused = await put()
  expect([refused.status, refused.json]).toMatchObject([500, { error: { code: 'InternalServerError' } }])
  expect(() => cloud.setSpeed(60)).not.toThrow()
  rmSync(join(folder, 'state.json.new'), { recursive: true })
  expect((await put()).status).toBe(200)
})
