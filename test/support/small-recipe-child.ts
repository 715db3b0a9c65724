import { smallEngine } from './small-recipe'

/**
 * A program for tests that kill it: drives the small recipe in folder argv[2], run argv[3], and dies by SIGKILL right after the
 * journal record number argv[4] of this process is on disk (0: never). Prints each record's kind, then `ended`.
 */
const [, , folder = '', run = '', dieAfter = '0'] = process.argv
let records = 0

const { engine } = smallEngine(folder, {
  onEntry(_run, entry) {
    process.stdout.write(`${entry.kind}\n`)
    records += 1
    if (records === Number(dieAfter)) process.kill(process.pid, 'SIGKILL')
  },
})
const work = await engine.continue(run)
const outcome = await work.ended
await engine.close()
process.stdout.write(`ended ${outcome.is}\n`)
