import { describe, expect, it } from 'vitest'
import { arrange } from '../../../src/shared/arrange'

describe('rows after a reading', () => {
  it.each([
    { what: 'stay where they are when they would sort elsewhere', before: 'abc', sorted: 'cab', after: 'abc' },
    { what: 'lose those that are gone', before: 'abc', sorted: 'ac', after: 'ac' },
    { what: 'get a new one behind the one it sorts behind', before: 'cab', sorted: 'abxc', after: 'cabx' },
    { what: 'get a new first one at the top', before: 'ab', sorted: 'xab', after: 'xab' },
    { what: 'get several new ones in their order', before: '', sorted: 'abc', after: 'abc' },
  ])('$what', ({ before, sorted, after }) => {
    expect(arrange([...before], [...sorted]).join('')).toBe(after)
  })
})
