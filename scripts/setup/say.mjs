/** One line for the person at the terminal. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** An end that has nothing to add to its sentence: no stack is shown for it. */
export class Stop extends Error {}

/** Runs `work` and turns its end into the exit code of this process. */
export async function main(work) {
  endWithParent()
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    process.stderr.write(`${sentence(error)}\n`)
    process.exitCode = 1
  }
}

/** npm does not hand a request to end on to us: the shell between it and us just goes. Then we ask ourselves. */
function endWithParent() {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 1000)
  watch.unref()
}

/** What the system refused, in words; anything else is a fault of ours and keeps its stack. */
export function sentence(error) {
  if (error instanceof Stop) return error.message
  const refusals = {
    EACCES: 'this user may not',
    EPERM: 'this user may not',
    EROFS: 'it is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the quota is used up',
  }
  const reason = refusals[error.code]
  return reason === undefined
    ? error.stack
    : `Cannot write ${error.path ?? error.dest ?? 'a file'}: ${reason} (${error.code}).`
}
