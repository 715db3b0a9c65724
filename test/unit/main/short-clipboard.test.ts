import { describe, expect, it, vi, onTestFinished } from 'vitest'
import { createShortClipboard } from '../../../src/main/short-clipboard'

function clipboardIn() {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let held = ''
  return { writeText: (text: string) => void (held = text), readText: () => held, clear: () => void (held = '') }
}

describe('a secret on the clipboard', () => {
  it('is taken off after a minute', async () => {
    const clipboard = clipboardIn()
    createShortClipboard(clipboard).put('geheim')
    await vi.advanceTimersByTimeAsync(59_000)
    expect(clipboard.readText()).toBe('geheim')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(clipboard.readText()).toBe('')
  })

  it('leaves alone what somebody copied meanwhile', async () => {
    const clipboard = clipboardIn()
    createShortClipboard(clipboard).put('geheim')
    clipboard.writeText('mine')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(clipboard.readText()).toBe('mine')
  })
})
