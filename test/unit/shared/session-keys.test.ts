import { describe, expect, it } from 'vitest'
import { sessionKeyOf, terminalKeyOf } from '../../../src/shared/session-keys'

const plain = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false }
const ctrl = { ...plain, ctrlKey: true }
const ctrlShift = { ...ctrl, shiftKey: true }

describe('keys of a session', () => {
  it.each([
    [{ ...ctrlShift, key: 'T' }, 'newTab'],
    [{ ...ctrlShift, key: 'W' }, 'closeTab'],
    [{ ...ctrl, key: 'Tab' }, 'nextTab'],
    [{ ...ctrlShift, key: 'Tab' }, 'previousTab'],
    [{ ...ctrl, key: 'PageUp' }, 'previousTab'],
    [{ ...ctrl, key: 'PageDown' }, 'nextTab'],
    [{ ...ctrl, key: 'F6' }, 'leave'],
  ] as const)('%o is %s', (press, does) => {
    expect(sessionKeyOf(press)).toBe(does)
  })

  it('leaves to the VM what shells and programs use', () => {
    const used = [
      { ...ctrl, key: 'w' },
      { ...ctrl, key: 't' },
      { ...ctrl, key: 'c' },
      { ...plain, key: 'Tab' },
      { ...plain, key: 'F6' },
      { ...ctrl, key: 'v' },
      { ...ctrl, key: 'f' },
      { ...ctrlShift, key: '_' },
    ]
    expect(used.map((press) => sessionKeyOf(press) ?? terminalKeyOf(press))).toEqual(used.map(() => null))
  })

  it('takes no letter that AltGr types', () => {
    const typed = { ...ctrl, altKey: true }
    expect(['t', 'w', 'f', 'c', 'v', '+', '0'].map((key) => sessionKeyOf({ ...typed, key }))).not.toContain('newTab')
    expect(terminalKeyOf({ ...typed, shiftKey: true, key: 'C' })).toBeNull()
  })

  it.each([
    [{ ...ctrlShift, key: 'F' }, 'search'],
    [{ ...ctrlShift, key: 'C' }, 'copy'],
    [{ ...ctrlShift, key: 'V' }, 'paste'],
    [{ ...plain, metaKey: true, key: 'c' }, 'copy'],
    [{ ...ctrl, key: '+' }, 'bigger'],
    [{ ...ctrlShift, key: '+' }, 'bigger'],
    [{ ...ctrl, key: '-' }, 'smaller'],
    [{ ...ctrl, key: '0' }, 'usual'],
  ] as const)('in a terminal %o is %s', (press, does) => {
    expect(terminalKeyOf(press)).toBe(does)
  })
})
