import { describe, expect, it } from 'vitest'
import { shownOutput } from '../../../src/shared/shown-output'

const escape = '\u001b'

describe('what a part printed, as the window shows it', () => {
  it('has no colours, titles, links or cursor moves', () => {
    const printed = `${escape}[1;31mred${escape}[0m ${escape}]0;title\u0007${escape}]8;;https://x${escape}\\link${escape}[2K${escape}(B`
    expect(shownOutput(printed, 10)).toBe('red link')
  })

  it('shows the last state of a line that was written over', () => {
    expect(shownOutput('Get: 1%\rGet: 50%\rGet: 100%\nDone\r\n', 10)).toBe('Get: 100%\nDone\n')
  })

  it('keeps the last lines only', () => {
    expect(shownOutput('1\n2\n3\n4', 2)).toBe('3\n4')
  })

  it('shows no sign that a terminal would act upon', () => {
    expect(shownOutput('a\u0008b\u009bc\u0000', 1)).toBe('abc')
  })
})
