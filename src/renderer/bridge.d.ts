import type { ErrorData } from '../shared/errors'

declare global {
  interface Window {
    /** What the preload offers; streams are opened by a posted message with a port. */
    bridge: {
      call(name: string, input: unknown): Promise<{ ok: true; value: unknown } | { ok: false; error: ErrorData }>
      /** Path of a file that was dropped on the window. */
      pathOf(file: File): string
    }
  }
}
