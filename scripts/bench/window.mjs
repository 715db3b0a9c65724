import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { mebibytes, uploadRate } from './journal.mjs'
import { delayDuring } from './loop-delay.mjs'
import { row } from './numbers.mjs'
import { kinds, memoryOf } from './processes.mjs'
import { withApp } from './running-app.mjs'
import { walkToUpload, walkToEnd } from './walk.mjs'

const restMs = 3000

/** The run of a person in the window: delay of the main process's loop at rest and during the upload, memory before and after. */
export function createWindowRun({ program, env, studio, disk, messages, folder }) {
  const rest = []
  const upload = []
  const rates = []
  const before = []
  const after = []
  const round = async (app, userData) => {
    const page = await app.firstWindow()
    page.setDefaultTimeout(120_000)
    await page.waitForLoadState('domcontentloaded')
    await pause(restMs)
    before.push(await memoryOf(app.process().pid))
    rest.push(await delayDuring(app, () => pause(restMs)))
    await app.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] })
    }, disk)
    const { done, go } = await walkToUpload(page, messages)
    upload.push(
      await delayDuring(app, async () => {
        await go()
        await done('disk.upload')
      }),
    )
    rates.push(uploadRate(journalIn(userData)))
    await walkToEnd(page, messages)
    await pause(restMs)
    after.push(await memoryOf(app.process().pid))
  }
  return {
    round: () => withApp({ program, env, studio, folder }, ['--practice-speed=jump'], round),
    rows: () => [
      row('main loop delay in an upload, p50', of(upload, 'p50'), 'ms'),
      row('main loop delay in an upload, p99', of(upload, 'p99'), 'ms', { most: 50 }),
      row('  longest', of(upload, 'longest'), 'ms'),
      row('  the same app at rest, p50', of(rest, 'p50'), 'ms'),
      row('  the same app at rest, p99', of(rest, 'p99'), 'ms'),
      row('  upload meanwhile', rates, mebibytes, { note: 'the practice cloud works on the same processors' }),
      ...memoryRows('at rest', before),
      ...memoryRows('after the run', after),
    ],
  }
}

function of(measured, key) {
  return measured.map((one) => one[key])
}

function memoryRows(when, runs) {
  const mebibyte = 2 ** 20
  const sumOf = (run) => [...run.values()].reduce((sum, bytes) => sum + bytes, 0)
  const shown = kinds.filter((kind) => runs.some((run) => run.has(kind)))
  return [
    ...shown.map((kind) =>
      row(
        `memory ${when}, ${kind}`,
        runs.map((run) => (run.get(kind) ?? 0) / mebibyte),
        'MiB',
      ),
    ),
    row(
      `memory ${when}, sum`,
      runs.map((run) => sumOf(run) / mebibyte),
      'MiB',
      { note: 'shared pages counted in each' },
    ),
  ]
}

function journalIn(userData) {
  const runs = join(userData, 'state', 'runs')
  const run = readdirSync(runs).find((name) => !name.startsWith('.'))
  const lines = readFileSync(join(runs, run, 'journal.jsonl'), 'utf8')
    .trim()
    .split('\n')
  return lines.map((line) => JSON.parse(line))
}
