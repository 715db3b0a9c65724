/** Goes through a practice run with one click a step, as far as the upload; returns `go` to start that and `done` to wait for a step. */
export async function walkToUpload(page, messages) {
  const english = messages.en
  const entry = (step) =>
    page
      .getByRole('navigation', { name: english.ui.checklist.title })
      .getByRole('button', { name: new RegExp(`^${english.steps[step].short}( |$)`) })
  // The step's own button stands last, below whatever its form offers.
  const primary = page.locator('main button.primary').last()
  const isNext = (step) => entry(step).and(page.locator('[aria-current="step"]')).waitFor()
  const done = (step) =>
    entry(step)
      .and(page.getByTitle(english.ui.state.done, { exact: true }))
      .waitFor()
  const perform = async (step) => {
    await isNext(step)
    await primary.click()
    await done(step)
  }

  await page.getByRole('button', { name: english.ui.home.practiceButton }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').fill('Bench')
  await dialog.getByRole('button', { name: english.ui.newRun.create }).click()
  for (const step of ['decide.image', 'connect.cloud']) await perform(step)
  await isNext('connect.signIn')
  const opened = page.context().waitForEvent('page')
  await primary.click()
  await (await opened).getByRole('button', { name: 'Olivia Owner' }).click()
  await done('connect.signIn')
  for (const step of ['connect.scope', 'prepare.preflight', 'prepare.account']) await perform(step)
  await page.locator('main').getByRole('button', { name: english.forms['disk.choose'].button, exact: true }).click()
  await perform('disk.choose')
  await done('disk.inspect')
  await primary.click()
  await isNext('disk.upload')
  return { done, go: () => primary.click() }
}

/** Lets everything after the upload run by itself, up to the report. */
export async function walkToEnd(page, { en: { ui } }) {
  await page.locator('main').getByRole('button', { name: ui.step.continueAll, exact: true }).click()
  await page.getByRole('button', { name: ui.result.report }).waitFor()
}
