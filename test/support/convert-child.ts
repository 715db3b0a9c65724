import { runConvert } from '../../src/main/commands/convert'

/** `convert` in a process of its own, which may be given limits. */
// The system's default for a file that grows too large is to end the process; with a listener the write fails instead.
process.on('SIGXFSZ', () => undefined)
const { stdout, stderr, stdin, env } = process
const signal = new AbortController().signal
process.exitCode = await runConvert(process.argv.slice(2), { stdout, stderr, stdin, env, signal })
