/** One line for the person at the terminal. */
export function say(line) {
  process.stdout.write(`${line}\n`)
}

/** An end that has nothing to add to its sentence: no stack is shown for it. */
export class Stop extends Error {}

/** Runs `work` and turns its end into the exit code of this process. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0
  } catch (error) {
    process.stderr.write(`${error instanceof Stop ? error.message : error.stack}\n`)
    process.exitCode = 1
  }
}
