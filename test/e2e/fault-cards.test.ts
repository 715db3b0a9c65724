import { expect, test } from '@playwright/test'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJournal } from '../../src/main/engine/journal'
import { AppError, errorCodes, remedies, type ErrorCode } from '../../src/shared/errors'
import { holesOf } from '../../src/shared/messages/format'
import { errorText, messages } from '../../src/shared/messages/messages'
import { recipes, type StepId } from '../../src/shared/terms'
import { closeApp, launchApp, pickFile, practiceRequest, type RunningApp } from '../support/app'
import { systemDisk } from '../support/disks'
import { keepPicture } from '../support/pictures'
import { HomePage } from './pages/home-page'
import type { RunPage } from './pages/run-page'
import { words } from './words'

type Fault = { step: StepId; code: ErrorCode; incidents: object[]; params: Record<string, string | number> }

const allocations = [
  ['AllocationTimedout', 'pool.no-capacity'],
  ['SkuNotAvailable', 'pool.size-unavailable'],
  ['MarketplacePurchaseEligibilityFailed', 'pool.terms'],
  ['OperationNotAllowed', 'quota.subscription'],
  ['CommunicationEnabledPoolReachedMaxVMCount', 'pool.too-many-nodes'],
] as const

/** One fault per remedy, met one after the other in one run; after each the remedy or a retry goes on. */
const faults: Fault[] = [
  {
    step: 'disk.upload',
    code: 'cloud.policy',
    incidents: [{ kind: 'refuse', match: 'PUT .*/disks/[^/]+$', count: 1, action: 'policy' }],
    params: { policy: 'practice-allowed-names' },
  },
  {
    step: 'disk.upload',
    code: 'cloud.subscription-disabled',
    incidents: [{ kind: 'refuse', match: 'PUT .*/disks/[^/]+$', count: 1, action: 'disabled-subscription' }],
    params: { subscription: '0f8c2a51-6d3e-4b79-a1c4-93e7d5b26f08' },
  },
  {
    step: 'image.gallery',
    code: 'cloud.locked',
    incidents: [{ kind: 'refuse', match: 'PUT .*/galleries/[^/]+$', count: 1, action: 'lock' }],
    params: { lock: 'keep' },
  },
  {
    step: 'image.gallery',
    code: 'cloud.forbidden',
    incidents: [
      {
        kind: 'forbid',
        match: 'PUT .*/galleries/[^/]+$',
        count: 1,
        action: 'Microsoft.Compute/galleries/write',
      },
    ],
    params: { action: 'Microsoft.Compute/galleries/write' },
  },
  {
    step: 'image.version',
    code: 'image.too-large',
    incidents: [{ kind: 'refuse', match: 'PUT .*/versions/[^/]+$', count: 1, action: 'too-large' }],
    params: { size: '2520', limit: '2048' },
  },
  {
    step: 'image.version',
    code: 'image.bad-size',
    incidents: [{ kind: 'refuse', match: 'PUT .*/versions/[^/]+$', count: 1, action: 'bad-size' }],
    params: {},
  },
  {
    step: 'image.version',
    code: 'image.replication-failed',
    incidents: [{ kind: 'fail-replication', match: 'PUT .*/versions/[^/]+$', count: 1, action: 'westeurope' }],
    params: { region: 'westeurope' },
  },
  {
    step: 'pool.create',
    code: 'cloud.version-dropped',
    // Allocations begin with the pool, so what becomes of them is set before it is made.
    incidents: [
      { kind: 'refuse', match: 'PUT .*/pools/[^/]+$', count: 1, action: 'dropped-version' },
      ...allocations.map(([action]) => ({ kind: 'fail-allocation', match: '.*/pools/[^/]+$', count: 1, action })),
    ],
    params: {},
  },
  ...allocations.map(([, code]): Fault => ({ step: 'pool.canary', code, incidents: [], params: {} })),
]

/** Errors that a step of a run can end with; from the list of runs those that need a sign-in begin one at once. */
const cards = errorCodes.filter(
  (code) => remedies[code] !== 'signIn' && !/^(?:contract|settings|state|plan|run|step|cancelled|practice)/.test(code),
)

for (const language of ['en', 'de'] as const) {
  test(`each fault on the way to a pool has a card that says what to do (${language})`, async () => {
    test.setTimeout(300_000)
    const running = await launchApp({ language })
    const run = await untilUpload(running, language)
    for (const { step, code, incidents, params } of faults) {
      await test.step(code, async () => {
        await untilNext(run, step)
        for (const incident of incidents) await practiceRequest(running, 'POST', '/practice/faults', incident)
        await run.primary.click()
        await expect(run.alert).toBeVisible({ timeout: 60_000 })
        const text = messages[language].errors[code]
        await expect(run.alert).toContainText(text.todo.split(/\[\?|\{/)[0]!.trim())
        for (const value of Object.values(params)) await expect(run.alert).toContainText(String(value))
        await expect(run.alert).not.toContainText('…')
        await keepPicture(`${code}.${language}`, await running.page.screenshot())
      })
    }
    await run.primary.click()
    await run.done('pool.canary')
    expect(running.problems).toEqual([])
    await closeApp(running)
  })

  test.describe(`every error has a card without gaps, and hostile words stay words (${language})`, () => {
    for (const [n, some] of [cards.filter(isEven), cards.filter((code, at) => !isEven(code, at))].entries()) {
      test(`part ${n + 1}`, async () => {
        test.setTimeout(300_000)
        await walk(language, some)
      })
    }
  })
}

/** One app for each half: it would have to show two hundred pages. */
async function walk(language: 'en' | 'de', some: readonly ErrorCode[]): Promise<void> {
  const hostile = '<img src=x onerror="document.title=1">\u202E‮gnp.exe \u001b[2J'
  const running = await launchApp({ language, userData: await withFailedRuns(language, hostile, some) })
  const home = new HomePage(running.page, language)
  await expect(home.runs.getByRole('listitem')).toHaveCount(some.length)
  for (const code of some) {
    await test.step(code, async () => {
      const run = await home.open(rowOf(code))
      await expect(run.alert).toBeVisible()
      const { what, todo } = errorText({ code, params: exampleParams(code, hostile), details: {} }, language)
      expect(`${what}${todo}`).not.toMatch(/…|\[\?/)
      await expect(run.alert).toContainText(todo.slice(0, 40).trim())
      await keepPicture(`card.${code}.${language}`, await run.alert.screenshot())
      await run.home()
    })
  }
  expect(await running.page.locator('img[src="x"]').count()).toBe(0)
  expect(running.problems).toEqual([])
  await closeApp(running)
}

function isEven(_code: ErrorCode, at: number): boolean {
  return at % 2 === 0
}

/** Name of the run that ended with an error; in brackets, because some codes are the end of others. */
function rowOf(code: ErrorCode): string {
  return `[${code}]`
}

/** Values for the holes of every text: what a cloud or a stranger could have written. */
function exampleParams(code: ErrorCode, name: string): Record<string, string | number> {
  const { what, todo } = messages.en.errors[code]
  const holes = [...holesOf(what.replace(/\[\?|\]/g, '')), ...holesOf(todo.replace(/\[\?|\]/g, ''))]
  const numbers = /:(?:number|size|duration|plural|percent)$/
  return Object.fromEntries(holes.map((hole) => [hole.split(':')[0]!, numbers.test(hole) ? 42 : name]))
}

/** A state folder with one run per error, each failed with it. */
async function withFailedRuns(language: 'en' | 'de', hostile: string, codes: readonly ErrorCode[]): Promise<string> {
  const userData = mkdtempSync(join(tmpdir(), 'bis-cards-'))
  const state = join(userData, 'state')
  mkdirSync(join(state, 'runs'), { recursive: true })
  writeFileSync(join(state, 'settings.json'), JSON.stringify({ theme: 'light', language }))
  for (const [index, code] of codes.entries()) {
    const id = `20261125-card${String(index).padStart(2, '0')}`
    mkdirSync(join(state, 'runs', id))
    const error = new AppError(code, exampleParams(code, hostile), { message: hostile, serviceCode: hostile }).toData()
    const at = new Date(Date.UTC(2026, 10, 25, 12, 0, index))
    const journal = await createJournal(
      join(state, 'runs', id, 'journal.jsonl'),
      { kind: 'run', id, recipe: 'from-disk', name: rowOf(code), app: 'test' },
      () => at,
    )
    await journal.append({ kind: 'input', step: 'connect.cloud', input: { cloud: 'practice' } })
    await journal.append({ kind: 'started', step: 'decide.image', attempt: 1 })
    await journal.append({ kind: 'failed', step: 'decide.image', error })
    await journal.close()
  }
  return userData
}

async function untilUpload(running: RunningApp, language: 'en' | 'de'): Promise<RunPage> {
  await pickFile(running, await systemDisk({ sizeMiB: 64, systemMiB: 0 }))
  const run = await new HomePage(running.page, language).startPractice('Faults')
  await run.perform('decide.image')
  await run.perform('connect.cloud')
  await run.signIn('Olivia Owner')
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account'] as const) await run.perform(step)
  return run
}

/** Presses on until a step is the one to be done; the disk is chosen on the way. */
async function untilNext(run: RunPage, wanted: StepId): Promise<void> {
  const order: readonly StepId[] = recipes['from-disk']
  const isDone = async (step: StepId) =>
    (await run.entry(step).getAttribute('title')) === words(run.language).state.done
  for (const step of order.slice(order.indexOf('disk.choose'), order.indexOf(wanted))) {
    if (await isDone(step)) continue
    await run.go(step)
    if (step === 'disk.choose') await run.button(messages[run.language].forms['disk.choose'].button).click()
    await run.primary.click()
    await run.done(step)
  }
  await run.go(wanted)
}
