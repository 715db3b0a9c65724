import type { PendingSignIn } from '../shared/contract'
import { signInLimitMs } from '../shared/sign-in'
import type { SignInUi } from './azure/sign-in'

/** The sign-ins that wait for a person, by run. Addresses of sign-in pages stay here: the window learns the host only. */
export type PendingSignIns = {
  /** The given ways to reach a person, remembering what they show. */
  watch(run: string, ui: SignInUi): SignInUi
  of(run: string): PendingSignIn | null
  /** Opens the page of a waiting sign-in once more; false when none waits in the browser. */
  reopen(run: string): boolean
  /** Address of the page, for another browser; null when none waits in the browser. */
  address(run: string): string | null
  end(run: string): void
}

type Waiting = { shown: PendingSignIn; address: string | null; open(): void }

export function createPendingSignIns(changed: () => void): PendingSignIns {
  const waiting = new Map<string, Waiting>()

  function put(run: string, next: Waiting) {
    waiting.set(run, next)
    changed()
  }

  function end(run: string) {
    if (waiting.delete(run)) changed()
  }

  return {
    watch: (run, ui) => ({
      async openBrowser(url, profile, signal) {
        const until = new Date(Date.now() + signInLimitMs).toISOString()
        // A second window that is closed again ends nothing: the first one still waits, or the stop button does.
        const open = () => void ui.openBrowser(url, profile, signal).catch(() => undefined)
        const shown = { method: 'browser' as const, host: new URL(url).host, until }
        put(run, { shown, address: profile.loopbackOnly ? null : url, open })
        await ui.openBrowser(url, profile, signal)
      },
      showDeviceCode(code) {
        if (code) put(run, { shown: { method: 'deviceCode', ...code }, address: null, open: () => undefined })
        else end(run)
        ui.showDeviceCode(code)
      },
    }),
    of: (run) => waiting.get(run)?.shown ?? null,
    reopen(run) {
      const one = waiting.get(run)
      if (one?.shown.method !== 'browser') return false
      one.open()
      return true
    },
    address: (run) => waiting.get(run)?.address ?? null,
    end,
  }
}
