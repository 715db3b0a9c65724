import { afterAll, beforeAll, expect, test } from 'vitest'
import { createGallery, getGallery } from '../../src/main/azure/galleries'
import { createGroup } from '../../src/main/azure/groups'
import { galleryId, groupId } from '../../src/main/azure/ids'
import { waitFor } from '../../src/main/azure/wait'
import { connectAsOwner, startPractice, type TestPractice } from '../support/practice'
import { subscription } from '../wire/practice'

let practice: TestPractice
beforeAll(async () => {
  practice = await startPractice()
})
afterAll(() => practice.stop())

test('a cloud that dies while it is waited for is told as offline, and the waiting ends well once it is back', async () => {
  const { cloud, seam } = await connectAsOwner(practice)
  const group = groupId(subscription, 'rg-outage')
  const gallery = galleryId(group, 'outage')
  await createGroup(cloud, group, { region: 'westeurope', run: 'run-1' })
  await createGallery(cloud, gallery, { region: 'westeurope', run: 'run-1' })
  await practice.kill()
  let restarted: Promise<TestPractice> | null = null
  const told: string[] = []
  const found = await waitFor(
    (signal) => getGallery(cloud, gallery, signal),
    (it) => it?.state === 'Succeeded',
    {
      signal: new AbortController().signal,
      limitMs: 60_000,
      seam,
      onRead({ error }) {
        told.push(error?.code ?? seam.status().state)
        restarted ??= startPractice({ folder: practice.folder })
      },
    },
  )
  practice = await restarted!
  expect(found?.name).toBe('outage')
  expect(told[0]).toBe('offline')
  expect(told.at(-1)).toBe('online')
})
