import { describe, expect, it } from 'vitest'
import { terminalTitle } from '../../../src/shared/terminal-title'

describe('the title that a program in the VM gives its terminal', () => {
  it('is shown as it is where it is harmless', () => {
    expect(terminalTitle('azureuser@build: ~/größe')).toBe('azureuser@build: ~/größe')
  })

  it('cannot break lines, hide signs or turn the writing', () => {
    expect(terminalTitle(' a\nb\u202ec\u200bd\u0007 ')).toBe('abcd')
  })

  it('is cut between whole characters', () => {
    expect(terminalTitle('😀'.repeat(200))).toBe(`${'😀'.repeat(59)}…`)
  })
})
