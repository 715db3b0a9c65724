import { createJournal } from '../../src/main/engine/journal'
import { toErrorData } from '../../src/shared/errors'

/** Writes a journal into file argv[2] until the disk is full, then once more. Prints `ok` or the code of the error, per fact. */
// The system's default for a file that grows too large is to end the process; with a listener the write fails instead.
process.on('SIGXFSZ', () => undefined)
const journal = await createJournal(
  process.argv[2]!,
  { kind: 'run', id: 'r', recipe: 'from-disk', name: 'one', app: '0.0.0' },
  () => new Date(0),
)
process.stdout.write('ok\n')
for (let refused = 0; refused < 2;) {
  try {
    await journal.append({ kind: 'renamed', name: 'a name of some length, so that the file grows' })
    process.stdout.write('ok\n')
  } catch (error) {
    refused += 1
    process.stdout.write(`${toErrorData(error).code}\n`)
  }
}
await journal.close()
