import { PassThrough, Readable } from 'node:stream'
import type { CommandIo } from '../../src/main/commands/io'

/** What a command may touch, with what it wrote. */
export function collectingIo(signal = new AbortController().signal): CommandIo & { out(): string; err(): string } {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const written = { out: '', err: '' }
  stdout.on('data', (text: Buffer) => (written.out += text.toString()))
  stderr.on('data', (text: Buffer) => (written.err += text.toString()))
  return { stdout, stderr, stdin: Readable.from([]), env: {}, signal, out: () => written.out, err: () => written.err }
}
