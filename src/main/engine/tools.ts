import type { Progress } from '../../shared/run'
import type { StepId } from '../../shared/terms'
import type { EngineOptions } from './engine'
import type { RunFile } from './run-file'
import type { EngineTools } from './step'

const ticketIntervalMs = 1000

/** The verbs of one step at work. `making` and `gone` are on disk when they resolve. */
export function createTools<Env>(
  run: string,
  file: RunFile,
  work: { step: StepId; abort: AbortController; progress: Progress | null },
  options: EngineOptions<Env>,
  changed: () => void,
): EngineTools & Env {
  let ticketAt = -Infinity
  const verbs: EngineTools = {
    run,
    runName: file.state.name,

    signal: work.abort.signal,
    now: options.now,
    output: (step) => file.state.steps[step].output,
    input: (step) => ({ ...options.proposals(step, file.state), ...file.state.steps[step].input }),
    resources: () => file.state.resources,
    history: () => file.state,
    making: (resource) => written(() => file.append({ kind: 'making', step: work.step, resource })),
    ticket(value) {
      const nowMs = options.now().getTime()
      if (nowMs - ticketAt < ticketIntervalMs) return Promise.resolve()
      ticketAt = nowMs
      return written(() => file.append({ kind: 'ticket', step: work.step, value }))
    },
    gone: (id) => written(() => file.append({ kind: 'gone', step: work.step, id })),
    progress(progress) {
      work.progress = progress
      changed()
    },
  }
  return { ...options.environment(run), ...verbs }
}

/** The journal writes at once; a refusal of the disk reaches the step as a rejected promise. */
async function written(write: () => unknown): Promise<void> {
  await Promise.resolve()
  write()
}
