import { rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseForm, type RunStep } from './tools'

export const reportName = 'report.html'

/** One page that proves what was done; readable without the app and without a network. */
export const finishReport: RunStep<'finish.report'> = {
  id: 'finish.report',
  requires: ['connect.cloud'],
  parse: (input) => parseForm('finish.report', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: () => Promise.resolve({ is: 'todo' }),
  async run(tools) {
    const file = path.join(tools.folder, reportName)
    const page = tools.reportPage(tools.history(), tools.now())
    await writeFile(`${file}.tmp`, page, { mode: 0o600 })
    await rename(`${file}.tmp`, file)
    return { file }
  },
}
