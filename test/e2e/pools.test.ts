import { expect, test } from '@playwright/test'
import { fill } from '../../src/shared/messages/format'
import { messages } from '../../src/shared/messages/messages'
import { closeApp, launchApp, practiceRequest, type RunningApp } from '../support/app'
import { axeFindings } from '../support/axe'
import { PoolsPage } from './pages/pools-page'
import { RunPage } from './pages/run-page'

for (const [language, theme] of [
  ['en', 'light'],
  ['de', 'dark'],
] as const) {
  test(`every pool is shown with its image, and every image with its pools (${language}, ${theme})`, async () => {
    const running = await launchApp({ language, theme })
    const pools = new PoolsPage(running.page, language)
    const { words } = pools
    await pools.open()
    await expect(running.page.getByText(words.empty.noPlace.text)).toBeVisible()
    expect(await axeFindings(running.page)).toEqual([])
    await pools.signIn('Olivia Owner')
    await expect(pools.heading).toHaveText(fill(words.heading, { pools: 11, accounts: 3 }, language))
    await expect(running.page.getByText(fill(words.retired, { n: 3 }, language))).toBeVisible()
    for (const [name, kind, state] of [
      ['render-marketplace', words.kinds.marketplace, words.states.steady],
      ['maya-pinned', words.kinds.galleryVersion, words.states.steady],
      ['maya-latest', words.kinds.galleryLatest, words.states.steady],
      ['cfd-managed-image', words.kinds.managed, words.states.cannotGrow],
      ['render-vhd-2017', words.kinds.vhd, words.states.cannotGrow],
      ['nightly-autoscale', words.kinds.marketplace, words.states.autoscale],
    ] as const) {
      await expect(pools.row(name)).toContainText(kind)
      await expect(pools.row(name)).toContainText(state)
    }
    await expect(pools.row('maya-pinned')).toContainText('2 + 1 Spot')
    await expect(pools.row('far-from-image')).toContainText(words.imageProblem.noReplica)
    const pinned = await pools.select('maya-pinned')
    await expect(pinned).toContainText(`practice_gallery › ubuntu-base › 1.0.0`)
    await expect(pinned).toContainText(fill(words.panel.alsoUsed, { pools: 'maya-latest, far-from-image' }, language))
    await expect(pinned.getByRole('img')).toHaveAccessibleName(new RegExp(`${words.nodeStates.idle} 3`))
    expect(await axeFindings(running.page)).toEqual([])
    const failed = await pools.select('render-start-task')
    await expect(failed).toContainText(fill(words.causes.startTaskNotFound.what, { exitCode: 127 }, language))
    await expect(failed).toContainText(fill(words.panel.ofLimit, { used: 6, limit: 20 }, language))
    await pools.view('images')
    const row = pools.images.getByRole('row').filter({ hasText: 'ubuntu-base' })
    await expect(row.getByRole('button')).toHaveText(['maya-pinned', 'maya-latest', 'far-from-image'])
    expect(await axeFindings(running.page)).toEqual([])
    await row.getByRole('button', { name: 'maya-latest' }).click()
    await expect(pools.details('maya-latest')).toContainText(fill(words.panel.latestIs, { version: '1.0.0' }, language))
    expect(running.problems).toEqual([])
    await closeApp(running)
  })
}

test.describe('the pools', () => {
  let running: RunningApp
  let pools: PoolsPage
  test.beforeAll(async () => {
    running = await launchApp()
    pools = new PoolsPage(running.page)
    await pools.open()
    await pools.signIn('Olivia Owner')
  })
  test.afterAll(() => closeApp(running))
  test.describe.configure({ mode: 'serial' })

  test('can be sorted and filtered by keyboard', async () => {
    const { words } = pools
    const heading = pools.table.getByRole('columnheader', { name: words.columns.pool })
    const names = pools.table.locator('tbody tr td:first-child button')
    await expect(heading).toHaveAttribute('aria-sort', 'none')
    await heading.getByRole('button').press('Enter')
    await expect(heading).toHaveAttribute('aria-sort', 'ascending')
    await expect(names.first()).toHaveText('cfd-managed-image')
    await heading.getByRole('button').press('Enter')
    await expect(heading).toHaveAttribute('aria-sort', 'descending')
    await expect(names.first()).toHaveText('render-vhd-2017')
    await names.first().focus()
    await running.page.keyboard.press('ArrowDown')
    await expect(names.nth(1)).toBeFocused()
    await running.page.keyboard.press('Enter')
    await expect(pools.details('render-unusable')).toBeVisible()
    await running.page.keyboard.press('Escape')
    await expect(pools.details('render-unusable')).toBeHidden()
    await expect(pools.pool('render-unusable')).toBeFocused()
    await pools.filter.click()
    await running.page.getByLabel(words.filter.text).fill('maya gallery')
    await expect(names).toHaveText(['maya-pinned', 'maya-latest'])
    await running.page.getByLabel(words.filter.text).fill('nothing like it')
    await running.page.getByRole('button', { name: words.empty.noMatch.button }).click()
    await expect(names).toHaveCount(11)
    await running.page.getByLabel(words.filter.kind).selectOption(words.kinds.managed)
    await expect(names).toHaveCount(2)
    await running.page.getByRole('button', { name: words.filter.clear }).click()
    await pools.filter.click()
  })

  test('stay as they are when they are read again: same rows, selection and focus', async () => {
    await pools.select('etl-marketplace')
    const rows = pools.table.locator('tbody tr')
    const before = await rows.elementHandles()
    await pools.pool('maya-pinned').focus()
    // What changes is one number, far from here.
    await practiceRequest(running, 'POST', '/practice/faults', { kind: 'forbid', match: 'nodecounts' })
    const seen = await running.page.evaluateHandle(() => {
      const seen: string[] = []
      const table = document.querySelector('main table')!
      new MutationObserver((changes) =>
        changes.forEach(({ addedNodes, removedNodes }) =>
          [...addedNodes, ...removedNodes].forEach(
            (node) => node.nodeName === 'TR' && seen.push(node.textContent ?? ''),
          ),
        ),
      ).observe(table, { childList: true, subtree: true })
      return seen
    })
    const read = running.page.waitForFunction(
      (at) => document.querySelector('footer')?.textContent !== at,
      await running.page.locator('footer').textContent(),
    )
    await running.page.evaluate(() => {
      const { bridge } = window as unknown as { bridge: { call(name: string, input: unknown): Promise<unknown> } }
      return bridge.call('pools.refresh', { isAsked: true })
    })
    await read
    await expect(running.page.getByText(fill(pools.words.refused.counts, { name: 'practicefarm' }, 'en'))).toBeVisible()
    expect(await seen.jsonValue()).toEqual([])
    const after = await rows.elementHandles()
    const isSame = await Promise.all(before.map((row, at) => row.evaluate((one, other) => one === other, after[at])))
    expect(isSame).toEqual(before.map(() => true))
    await expect(pools.pool('maya-pinned')).toBeFocused()
    await expect(pools.details('etl-marketplace')).toBeVisible()
    await practiceRequest(running, 'DELETE', '/practice/faults')
    await pools.again()
  })

  test('show an account that refuses with its remedy, and the others', async () => {
    await practiceRequest(running, 'POST', '/practice/faults', {
      kind: 'forbid',
      match: 'GET .*/batchAccounts/practicefarm/pools$',
    })
    await pools.again()
    const row = pools.table
      .getByRole('row')
      .filter({ hasText: fill(pools.words.refused.account, { name: 'practicefarm' }, 'en') })
    await expect(row).toContainText('Microsoft.Batch/batchAccounts/pools/read')
    await expect(pools.pool('maya-pinned')).toBeVisible()
    await expect(pools.pool('etl-marketplace')).toBeHidden()
    await practiceRequest(running, 'DELETE', '/practice/faults')
    await row.getByRole('button', { name: pools.words.refused.again }).click()
    await expect(pools.pool('etl-marketplace')).toBeVisible()
  })

  test('can be brought to 0 nodes, which is asked first and watched', async () => {
    const { words } = pools
    const details = await pools.select('etl-marketplace')
    await details.getByRole('button', { name: words.scale.button }).click()
    const dialog = running.page.getByRole('dialog')
    await expect(dialog).toContainText(fill(words.scale.text, { n: 3 }, 'en'))
    await dialog.getByRole('button', { name: words.scale.confirm }).click()
    await expect(details).toContainText(words.panel.noNodes, { timeout: 30_000 })
    await expect(pools.row('etl-marketplace').getByRole('cell').nth(3)).toHaveText('0')
    await expect(details.getByRole('button', { name: words.scale.button })).toBeHidden()
  })

  test('on a retired image say what happened, and begin a run with their settings', async () => {
    const { words } = pools
    await pools.select('cfd-managed-image')
    const main = running.page.getByRole('main')
    await expect(main).toContainText(words.retiredCard.happened.managed)
    await main.getByRole('button', { name: words.retiredCard.button }).click()
    const dialog = running.page.getByRole('dialog')
    await expect(dialog).toContainText(words.retiredCard.allCarried)
    // As its image came: from a disk, and not from a VM.
    const source = messages.en.ui.newRun.recipes['from-disk'].label
    await expect(dialog.getByRole('radio', { name: source })).toBeChecked()
    await dialog.getByRole('button', { name: words.retiredCard.create }).click()
    const run = new RunPage(running.page)
    await run.go('pool.create')
    // Not the agent that a run without a pool behind it would propose.
    await expect(main.getByRole('combobox').nth(1)).toHaveValue('batch.node.ubuntu 22.04')
    await run.home()
  })

  test('are there without a network, with their age, and nothing is asked before a click', async () => {
    const { words } = pools
    const home = messages.en.ui.app.home
    await practiceRequest(running, 'POST', '/practice/faults', { kind: 'cut' })
    await pools.open()
    await expect(pools.pool('maya-pinned')).toBeVisible()
    await pools.refresh.click()
    await expect(running.page.getByText(messages.en.errors.offline.todo)).toBeVisible({ timeout: 40_000 })
    await expect(running.page.getByText(/This is the last reading/)).toBeVisible()
    await expect(pools.pool('maya-pinned')).toBeVisible()
    await practiceRequest(running, 'DELETE', '/practice/faults')
    await running.page.getByRole('button', { name: words.refused.again }).click()
    await expect(running.page.getByText(/This is the last reading/)).toBeHidden({ timeout: 30_000 })
    await running.page.getByRole('banner').getByRole('button', { name: home }).click()
  })
})
