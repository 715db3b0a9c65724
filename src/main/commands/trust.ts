import { createInterface } from 'node:readline/promises'
import { AppError } from '../../shared/errors'
import type { Concern } from '../plan'
import type { CliFacts } from './headless'
import { printable, type CommandIo } from './io'

/** Shows what a plan reads and runs. Throws AppError `plan.untrusted` unless a person at the terminal agrees. */
export async function confirmPlan(concerns: readonly Concern[], io: CommandIo, { texts }: CliFacts): Promise<void> {
  if (concerns.length === 0) return
  io.stderr.write(`${texts.plan.concerns}\n`)
  for (const { at, what, value } of concerns) {
    const lines = value.split('\n').map(printable).join('\n    ')
    io.stderr.write(`  ${texts.plan[what]} (${at}): ${lines}\n`)
  }
  if (isTerminal(io) && (await isAgreed(io, texts.plan.question))) return
  throw new AppError('plan.untrusted', { items: concerns.map(({ at }) => at).join(', ') })
}

function isTerminal(io: CommandIo): boolean {
  return [io.stdin, io.stderr].every((stream) => 'isTTY' in stream && Boolean(stream.isTTY))
}

async function isAgreed(io: CommandIo, question: string): Promise<boolean> {
  const asking = createInterface({ input: io.stdin, output: io.stderr })
  try {
    return /^(?:y|yes|j|ja)$/i.test((await asking.question(`${question} `, { signal: io.signal })).trim())
  } catch {
    return false
  } finally {
    asking.close()
  }
}
