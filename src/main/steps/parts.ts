import { AppError, toErrorData, type ErrorCode } from '../../shared/errors'
import type { Part, PartState } from '../../shared/parts'
import type { Ran, Remote } from '../sessions/session'
import { composed, endPart, hashOf, tailOf } from './part-script'
import type { Tools } from './tools'

/** What running parts needs of a step's tools. */
export type PartTools = Pick<Tools, 'signal' | 'now' | 'progress' | 'parts'> & {
  /** Keeps how the parts stand. */
  keep(states: readonly PartState[]): Promise<void>
}

/** What an output may have before its last lines are kept. */
const keptCharacters = 16_384

/**
 * Runs parts in their order over a connection: those that ran as they are now are not run again. Each is kept
 * when it begins and when it ends. Stops at the first that fails. `known`: how they went before. Returns how all went.
 * Throws AppError `recipe.part-failed` {part, code}, `recipe.check-failed` {part, code}, `recipe.broken-off` {part},
 * `recipe.file-missing` {part, file}, `session.*`, `cancelled`.
 */
export async function runParts(
  tools: PartTools,
  remote: Remote,
  parts: readonly Part[],
  known: readonly PartState[],
): Promise<PartState[]> {
  const states = new Map(known.map((state) => [state.id, state]))
  const wanted = parts.filter(({ skip }) => !skip)
  for (const [done, part] of wanted.entries()) {
    const hash = await hashOf(part)
    const before = states.get(part.id)
    const isSame = before?.hash === hash
    if (isSame && before.status === 'done') continue
    const runner = createRunner(tools, { done, total: wanted.length }, states)
    await runner.run(remote, part, {
      hash,
      rest: isSame ? before.rest : undefined,
      mayStillRun: before?.status === 'running' || before?.why === 'connection',
    })
  }
  return [...states.values()]
}

type Begin = { hash: string; rest: PartState['rest'] | undefined; mayStillRun: boolean }

/** Carries out one part and keeps its state. */
function createRunner(tools: PartTools, count: { done: number; total: number }, states: Map<string, PartState>) {
  let state: PartState | null = null
  let output = ''

  /** Resolves when it is on disk, or waits with others for the next moment of writing. */
  async function note(change: Partial<PartState>): Promise<void> {
    if (!state) return
    state = { ...state, ...change }
    states.set(state.id, state)
    tools.parts.stands([...states.values()])
    await tools.keep([...states.values()])
  }

  function print(id: string, text: string): void {
    output = (output + text).slice(-keptCharacters)
    tools.parts.prints(id, text)
  }

  function waiting(key: string, part: Part): void {
    tools.progress({ ...count, unit: 'steps', wait: { key, params: { name: part.name } } })
  }

  async function perform(what: 'script' | 'check', remote: Remote, part: Part, text: string): Promise<void> {
    const ran = await remote.script(composed(remote.system, text), {
      signal: tools.signal,
      asRoot: true,
      onOutput: (piece) => print(part.id, piece),
    })
    assertGood(what, part, ran)
    await note({ exitCode: 0 })
  }

  async function carryOut(remote: Remote, part: Part, rest: Begin['rest']): Promise<void> {
    if (rest === undefined) {
      if (part.files.length > 0) waiting('partFiles', part)
      for (const { from, to } of part.files) await remote.upload(from, to, { signal: tools.signal })
      waiting('part', part)
      if (part.script.trim() !== '') await perform('script', remote, part, part.script)
    }
    if (part.reboot && rest !== 'check') {
      await note({ rest: 'restart' })
      waiting('partRestart', part)
      await remote.restart(tools.signal)
    }
    if (part.check.trim() !== '') {
      await note({ rest: 'check' })
      waiting('partCheck', part)
      await perform('check', remote, part, part.check)
    }
  }

  return {
    async run(remote: Remote, part: Part, { hash, rest, mayStillRun }: Begin): Promise<void> {
      const startedAt = tools.now().toISOString()
      state = { id: part.id, hash, status: 'running', startedAt, ...(rest ? { rest } : {}) }
      if (mayStillRun && remote.system === 'linux') {
        await remote.script(endPart, { signal: tools.signal, asRoot: true })
      }
      await note({})
      try {
        await carryOut(remote, part, rest)
        state = begunAnew(state)
        await note({ status: 'done', endedAt: tools.now().toISOString(), tail: tailOf(output) })
      } catch (thrown) {
        const error = failureOf(part, thrown, tailOf(output))
        const why = tools.signal.aborted ? 'stopped' : (reasons[error.code] ?? 'other')
        if (why !== 'stopped' && why !== 'connection') state = begunAnew(state)
        const exitCode = typeof error.params['code'] === 'number' ? error.params['code'] : null
        await note({ status: 'failed', why, exitCode, endedAt: tools.now().toISOString(), tail: tailOf(output) })
        throw why === 'stopped' ? thrown : error
      }
    },
  }
}

/** A restart or check that was broken off goes on from there; after a failure, and when all is done, the part begins anew. */
function begunAnew(state: PartState): PartState {
  const { rest: _nothing, ...whole } = state
  return whole
}

/** Throws AppError `recipe.part-failed`, `recipe.check-failed`, `recipe.broken-off`. */
function assertGood(what: 'script' | 'check', part: Part, { code, signal }: Ran): void {
  if (code === 0) return
  if (code === null && signal === null) throw new AppError('recipe.broken-off', { part: part.name })
  const params = { part: part.name, code: code ?? signal ?? '' }
  throw new AppError(what === 'script' ? 'recipe.part-failed' : 'recipe.check-failed', params)
}

const reasons: Partial<Record<ErrorCode, PartState['why']>> = {
  'recipe.part-failed': 'script',
  'recipe.check-failed': 'check',
  'recipe.broken-off': 'connection',
}

/** What connections end with in the middle of something. */
const lost: ReadonlySet<string> = new Set(['lost', 'closed', 'no-answer', 'port-closed'].map((end) => `session.${end}`))

/** What failed, in the words of a recipe and with the last lines of its output. */
function failureOf(part: Part, thrown: unknown, tail: string): AppError {
  const error = thrown instanceof AppError ? thrown : new AppError('unexpected', {}, toErrorData(thrown).details)
  const isLost = lost.has(error.code)
  const details = { ...error.details, message: [error.details.message, tail].filter(Boolean).join('\n\n') }
  const code = isLost ? 'recipe.broken-off' : error.code
  return new AppError(code, isLost ? { part: part.name } : error.params, details, { cause: thrown })
}
