/** What a system's clipboard does. */
export type Clipboard = { writeText(text: string): void; readText(): string | Promise<string>; clear(): void }

/** Puts secrets on the clipboard for a minute. */
export type ShortClipboard = {
  put(text: string): void
  /** Takes what is still there off at once. */
  forget(): Promise<void>
}

const keepMs = 60_000

/** Only what it put there itself is taken off again: what somebody copied meanwhile stays. */
export function createShortClipboard(clipboard: Clipboard, ms = keepMs): ShortClipboard {
  let text: string | null = null
  let timer: NodeJS.Timeout | null = null

  async function forget() {
    if (timer) clearTimeout(timer)
    timer = null
    const ours = text
    text = null
    if (ours !== null && (await clipboard.readText()) === ours) clipboard.clear()
  }

  return {
    put(next) {
      if (timer) clearTimeout(timer)
      text = next
      clipboard.writeText(next)
      timer = setTimeout(() => void forget(), ms)
      timer.unref()
    },
    forget,
  }
}
