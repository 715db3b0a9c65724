import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { root } from '../setup/paths.mjs'
import { Stop } from '../setup/say.mjs'
import { row } from './numbers.mjs'
import { mebibytes, uploadRate, whenOf } from './journal.mjs'

const limitMs = 5 * 60_000

/** The whole run on the command line against the practice cloud, without waiting times of the cloud. */
export function createPracticeRun({ env, studio, disk, folder }) {
  const seconds = []
  const rates = []
  const whole = []
  return {
    async round() {
      const state = mkdtempSync(join(folder, 'headless-'))
      const args = ['run', join(root, 'examples', 'from-disk.yaml'), '--cloud', 'practice', '--speed', 'jump', '--json']
      const begun = performance.now()
      const { code, output } = await runCommand(
        process.execPath,
        [join(studio, 'out', 'main', 'cli.cjs'), ...args, '--state', state, '--set', `disk.choose.file=${disk}`],
        { env, limitMs },
      )
      whole.push((performance.now() - begun) / 1000)
      if (code !== 0) throw new Stop(`The practice run ended with code ${code}.\n${output.trim().slice(-1000)}`)
      rmSync(state, { recursive: true, force: true, maxRetries: 5 })
      const entries = output
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line))
      seconds.push((whenOf(entries, 'done', 'pool.canary') - whenOf(entries, 'started', 'connect.signIn')) / 1000)
      rates.push(uploadRate(entries))
    },
    rows: () => [
      row('practice run, sign-in to idle node', seconds, 's', { most: 60, note: 'headless, jump' }),
      row('  the whole command', whole, 's', { note: 'with the start and the end of the cloud' }),
      row('  its upload', rates, mebibytes),
    ],
  }
}
