import { describe, expect, it } from 'vitest'
import { pasteOf } from '../../../src/shared/paste'

describe('a paste into a shell', () => {
  it('of one line is not worth a question', () => {
    expect(pasteOf('apt-get update', false)).toMatchObject({ text: 'apt-get update', lines: 1, isRisky: false })
  })

  it.each(['one\ntwo', 'one\r\ntwo', 'one\rtwo', 'sudo reboot\n'])(
    'that ends a line, as %j does, is asked about',
    (text) => {
      expect(pasteOf(text, false).isRisky).toBe(true)
    },
  )

  it('of several lines is not asked about where the shell waits for Enter anyway', () => {
    expect(pasteOf('one\ntwo\n', true)).toMatchObject({ lines: 2, isRisky: false })
  })

  it('sends line ends as the Enter key does', () => {
    expect(pasteOf('one\r\ntwo\n', true).text).toBe('one\rtwo\r')
  })

  it('cannot end the brackets by itself, and shows what it tried', () => {
    const paste = pasteOf('harmless\u001b[201~\nrm -rf ~\n', true)
    expect(paste).toMatchObject({ hasControls: true, isRisky: true, text: 'harmless[201~\rrm -rf ~\r' })
    expect(paste.shown).toBe('harmless\u241b[201~\nrm -rf ~\n')
  })

  it('leaves out signs that turn the writing', () => {
    expect(pasteOf('a\u202eb', false)).toMatchObject({ text: 'ab', hasControls: true })
  })

  it('keeps tabs and letters of every language', () => {
    expect(pasteOf('\tgrüße 日本 €', false)).toMatchObject({ text: '\tgrüße 日本 €', hasControls: false })
  })
})
