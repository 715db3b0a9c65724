import { smallEngine } from './small-recipe'

/**
 * A program for tests that kill it: drives the small recipe in folder argv[2], run argv[3], and dies by SIGKILL right after the
 * journal record number argv[4] of this process is on disk (0: never). With `giveUp` as argv[5] it gives the run up with all it made.
 * Prints each record's kind, then `ended`.
 */
const [, , folder = '', run = '', dieAfter = '0', how = ''] = process.argv
let records = 0

const { engine } = smallEngine(folder, {
  onEntry(_run, entry) {
    process.stdout.write(`${entry.kind}\n`)
    records += 1
    if (records === Number(dieAfter)) process.kill(process.pid, 'SIGKILL')
  },
})
const made = (await engine.open(run)).state.resources.map(({ id }) => id)
const work = await (how === 'giveUp' ? engine.giveUp(run, made) : engine.continue(run))
const outcome = await work.ended
await engine.close()
process.stdout.write(`ended ${outcome.is}\n`)
