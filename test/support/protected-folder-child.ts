import path from 'node:path'
import { writeAtomic } from '../../src/main/engine/files'
import { openJournal } from '../../src/main/engine/journal'
import { acquireLock } from '../../src/main/engine/lock'
import { toErrorData } from '../../src/shared/errors'

/** Tries to lock, open and write what is in folder argv[2]. Prints one line of JSON for each refusal. */
const folder = process.argv[2]!
const journal = path.join(folder, 'journal.jsonl')
const attempts = [
  () => acquireLock(path.join(folder, 'lock.json')),
  () => openJournal(journal, () => new Date(0)),
  () => writeAtomic(path.join(folder, 'summary.json'), '{}'),
]
for (const attempt of attempts) {
  try {
    await attempt()
    process.stdout.write('done\n')
  } catch (error) {
    const { code, params } = toErrorData(error)
    process.stdout.write(`${JSON.stringify({ code, params })}\n`)
  }
}
