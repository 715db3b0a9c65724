import { AppError } from '../../shared/errors'

/**
 * A restart that was announced: the boot that it ends, null where the system did not tell it. `isCertain`: we asked for it; what a
 * terminal printed may be called off again.
 */
export type Restart = { bootId: string | null; isCertain: boolean }

export type ComeBackOptions = {
  /** Tries once. */
  reach(): Promise<void>
  /** It is still the system that was to restart. */
  isSame(): boolean
  /** Lets go of what was reached. */
  leave(): void
  whyGone(): Promise<AppError | null>
  /** Why the latest try failed. */
  onTry(reason: AppError): void
  /** Hands out what ends the present pause; null: none. */
  onWait(wake: (() => void) | null): void
  limitMs: number
  signal: AbortSignal
}

const firstPauseMs = 500
const longestPauseMs = 10_000
const growth = 1.6
/** How often the cloud is asked what became of the VM. */
const lookMs = 10_000
/** While a system starts, its SSH server may refuse everybody; a key that is refused for longer is refused. */
const refusals = 8
const passing = new Set([
  'session.port-closed',
  'session.no-answer',
  'session.lost',
  'session.not-ssh',
  'session.unknown-host',
  'proxy.unreachable',
])
const maybePassing = new Set([
  'session.wrong-key',
  'session.wrong-password',
  'session.no-way-in',
  'session.agent-refused',
])

/**
 * Tries with growing pauses until a lost VM answers: after a restart one whose boot is another. Throws AppError `session.no-return`
 * {minutes}, whatever no patience mends, `cancelled`.
 */
export async function comeBack(options: ComeBackOptions): Promise<void> {
  const { signal, limitMs } = options
  const until = Date.now() + limitMs
  let refused = 0
  let lookedAt = Date.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * growth, longestPauseMs)) {
    await paused(pauseMs, options)
    if (signal.aborted) throw new AppError('cancelled')
    const reason = await tried(options)
    if (reason === null) return
    if (maybePassing.has(reason.code)) refused++
    if (!passing.has(reason.code) && !(maybePassing.has(reason.code) && refused < refusals)) throw reason
    options.onTry(reason)
    if (Date.now() - lookedAt >= lookMs) {
      lookedAt = Date.now()
      const gone = await options.whyGone().catch(() => null)
      if (gone) throw gone
    }
    if (Date.now() > until) {
      throw new AppError('session.no-return', { minutes: Math.round(limitMs / 60_000) }, reason.details)
    }
  }
}

async function tried({ reach, isSame, leave }: ComeBackOptions): Promise<AppError | null> {
  try {
    await reach()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  if (!isSame()) return null
  leave()
  return new AppError('session.lost', {}, { message: 'the restart has not begun' })
}

function paused(ms: number, { signal, onWait }: ComeBackOptions): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      onWait(null)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    onWait(end)
  })
}
