import { AppError, toErrorData } from '../shared/errors'
import { partStates, type PartState } from '../shared/parts'
import { lineId, type RecipeLine, type RecipeView } from '../shared/recipe-calls'
import type { RunDetail } from '../shared/contract'
import { carriesSecret, withoutSecrets } from '../shared/redact'
import type { EngineView } from './engine/engine'
import { addParts, type RecipeForm } from './recipe-form'
import { partIdOf } from '../shared/parts'
import type { Sessions } from './sessions/session'
import type { PartListener } from './steps/tools'

export type RecipeMessage = { kind: 'view'; view: RecipeView } | { kind: 'output'; id: string; text: string }

export type RecipeWatchOptions = {
  subscribe(listener: (view: EngineView) => void, run: string): () => void
  form: RecipeForm
  /** Asks the step that runs to stop. */
  cancel(run: string): Promise<void>
  sessions: Sessions
  now(): Date
}

/** What parts and lines do in build VMs right now, and the command bar. Nothing of it is written down. */
export type RecipeWatch = {
  /** Whom the parts of a run tell what they do. */
  listener(run: string): PartListener
  /** Tells how a run's parts stand and what they print, beginning with the last output, until it is stopped. */
  watch(run: string, listener: (message: RecipeMessage) => void): () => void
  /**
   * Begins a line in the run's VM, as its user; how it ends comes down the stream. Throws AppError `recipe.busy` while another one runs,
   * `run.busy` where it is to be kept while the recipe runs.
   */
  runLine(run: string, line: string, keep: boolean): Promise<void>
  /** Stops the line or the part that runs. */
  stop(run: string): Promise<void>
  /** Stops all lines. */
  close(): void
}

const keptCharacters = 64 * 1024
const flushMs = 50
const nameLength = 80

type Watched = {
  listeners: Set<(message: RecipeMessage) => void>
  detail: RunDetail | null
  /** As the step that runs tells; null: as its ticket says. */
  live: readonly PartState[] | null
  line: (RecipeLine & { startedAt: string; stop: AbortController | null }) | null
  /** The last output. */
  output: { id: string; text: string }
  unsent: string
  timer: NodeJS.Timeout | null
}

export function createRecipeWatch(options: RecipeWatchOptions): RecipeWatch {
  const { form, sessions, now } = options
  const all = new Map<string, Watched>()

  function of(run: string): Watched {
    const known = all.get(run)
    if (known) return known
    const fresh: Watched = {
      listeners: new Set(),
      detail: null,
      live: null,
      line: null,
      output: { id: '', text: '' },
      unsent: '',
      timer: null,
    }
    all.set(run, fresh)
    return fresh
  }

  function tell(watched: Watched): void {
    const message = { kind: 'view' as const, view: viewOf(watched) }
    for (const listener of watched.listeners) listener(message)
  }

  /** A flood of output reaches the window in few pieces, and of each only what it could show. */
  function print(watched: Watched, id: string, text: string): void {
    if (watched.output.id !== id) {
      flush(watched)
      watched.output = { id, text: '' }
    }
    watched.output.text = (watched.output.text + text).slice(-keptCharacters)
    watched.unsent = (watched.unsent + text).slice(-keptCharacters)
    watched.timer ??= setTimeout(() => flush(watched), flushMs)
  }

  function flush(watched: Watched): void {
    if (watched.timer) clearTimeout(watched.timer)
    watched.timer = null
    const { unsent, output } = watched
    watched.unsent = ''
    if (unsent === '') return
    for (const listener of watched.listeners) listener({ kind: 'output', id: output.id, text: unsent })
  }

  async function carryOut(run: string, line: string, keep: boolean, stop: AbortController): Promise<void> {
    const watched = of(run)
    const end = (change: Partial<RecipeLine>) => {
      flush(watched)
      if (watched.line) watched.line = { ...watched.line, ...change, stop: null }
      tell(watched)
    }
    try {
      const remote = await sessions.connect(run, stop.signal)
      const onOutput = (text: string) => print(watched, lineId, text)
      const ran = await remote.exec(line, { signal: stop.signal, onOutput })
      if (ran.code === 0 && keep && !carriesSecret(line))
        await form.change(run, (parts) => addParts(parts, [partOf(line)]))
      end({ exitCode: ran.code, ...(keep ? { kept: keptAs(line, ran.code) } : {}) })
    } catch (error) {
      end({ error: toErrorData(error) })
    }
  }

  return {
    listener: (run) => ({
      stands(parts) {
        of(run).live = parts
        tell(of(run))
      },
      prints: (id, text) => print(of(run), id, text),
    }),
    watch(run, listener) {
      const watched = of(run)
      watched.listeners.add(listener)
      const { id, text } = watched.output
      if (text !== '') listener({ kind: 'output', id, text })
      let shown = ''
      const stop = options.subscribe(({ run: detail }) => {
        if (!detail) return
        watched.detail = detail
        if (detail.running?.step !== 'vm.install') watched.live = null
        const view = viewOf(watched)
        if (JSON.stringify(view) === shown) return
        shown = JSON.stringify(view)
        listener({ kind: 'view', view })
      }, run)
      return () => {
        stop()
        watched.listeners.delete(listener)
      }
    },
    async runLine(run, line, keep) {
      const watched = of(run)
      if (watched.line?.stop) throw new AppError('recipe.busy')
      if (keep) await form.assertFree(run)
      const stop = new AbortController()
      watched.line = {
        text: withoutSecrets(line),
        exitCode: null,
        error: null,
        startedAt: now().toISOString(),
        stop,
      }
      print(watched, lineId, '')
      watched.output.text = ''
      tell(watched)
      void carryOut(run, line, keep, stop)
    },
    async stop(run) {
      const stop = of(run).line?.stop
      if (stop) stop.abort()
      else if (await form.isRunning(run)) await options.cancel(run)
    },
    close() {
      for (const watched of all.values()) {
        watched.line?.stop?.abort()
        if (watched.timer) clearTimeout(watched.timer)
      }
    },
  }
}

function viewOf({ detail, live, line }: Watched): RecipeView {
  const isRunning = detail?.running?.step === 'vm.install'
  const parts = live ?? partStates(detail?.state.steps['vm.install'].ticket)
  const part = live || isRunning ? parts.find(({ status }) => status === 'running') : undefined
  return {
    parts: [...parts],
    running: line?.stop
      ? { id: lineId, startedAt: line.startedAt }
      : ((part && { id: part.id, startedAt: part.startedAt }) ?? null),
    line: line && lineOf(line),
  }
}

function lineOf({ text, exitCode, error, kept }: RecipeLine): RecipeLine {
  return { text, exitCode, error, ...(kept ? { kept } : {}) }
}

function keptAs(line: string, code: number | null): NonNullable<RecipeLine['kept']> {
  if (carriesSecret(line)) return 'secret'
  return code === 0 ? 'kept' : 'failed'
}

/** A line becomes a part that is called as the line begins. */
function partOf(line: string) {
  const name = line.replace(/\s+/g, ' ').trim().slice(0, nameLength)
  return { id: partIdOf(name), name, files: [], script: line, reboot: false, check: '', skip: false }
}
