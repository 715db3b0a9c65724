import { describe, expect, it } from 'vitest'
import { limitAt, uploadLimits, type UploadLimits } from '../../../src/shared/upload-limit'

const berlin = 'Europe/Berlin'
const office: UploadLimits = { limitMbit: null, hours: { from: 8 * 60, to: 18 * 60, mbit: 8 } }
const night: UploadLimits = { limitMbit: 20, hours: { from: 22 * 60, to: 6 * 60, mbit: null } }

describe('the limit of uploads', () => {
  // 25 November 2026 is a Wednesday; Berlin is one hour ahead of UTC then.
  it.each([
    ['a minute before the hours begin', '2026-11-25T06:59:59Z', null],
    ['as they begin', '2026-11-25T07:00:00Z', 8],
    ['in the middle', '2026-11-25T12:00:00Z', 8],
    ['in their last second', '2026-11-25T16:59:59Z', 8],
    ['as they end', '2026-11-25T17:00:00Z', null],
    ['on a Friday', '2026-11-27T12:00:00Z', 8],
    ['on a Saturday', '2026-11-28T12:00:00Z', null],
    ['on a Sunday', '2026-11-29T12:00:00Z', null],
    ['on the Monday after', '2026-11-30T12:00:00Z', 8],
  ])('is that of the office hours or the other one: %s', (_when, at, mbit) => {
    expect(limitAt(office, new Date(at), berlin)).toBe(mbit)
  })

  // EU: summer time begins on 29 March 2026 and ends on 25 October 2026, both Sundays, at 01:00 UTC.
  it.each([
    ['the Friday before summer time', '2026-03-27T07:00:00Z', 8],
    ['the same, a minute earlier', '2026-03-27T06:59:00Z', null],
    ['the Monday after', '2026-03-30T06:00:00Z', 8],
    ['the same, a minute earlier', '2026-03-30T05:59:00Z', null],
    ['the Friday before winter time', '2026-10-23T16:00:00Z', null],
    ['the Monday after', '2026-10-26T16:00:00Z', 8],
  ])('follows the clock on the wall: %s', (_when, at, mbit) => {
    expect(limitAt(office, new Date(at), berlin)).toBe(mbit)
  })

  // US: summer time begins on Sunday 8 March 2026 at 02:00, when the clock goes to 03:00.
  it('does not stumble over an hour that does not exist', () => {
    const early: UploadLimits = { limitMbit: null, hours: { from: 150, to: 240, mbit: 5 } }
    expect(limitAt(early, new Date('2026-03-09T06:30:00Z'), 'America/New_York')).toBe(5)
    expect(limitAt(early, new Date('2026-03-09T08:00:00Z'), 'America/New_York')).toBeNull()
  })

  it.each([
    ['before the evening', '2026-11-25T20:59:00Z', 20],
    ['from the evening on', '2026-11-25T21:00:00Z', null],
    ['over midnight', '2026-11-25T23:30:00Z', null],
    ['until the morning', '2026-11-26T04:59:00Z', null],
    ['but not longer', '2026-11-26T05:00:00Z', 20],
    ['the night of a Friday ends on Saturday', '2026-11-28T04:00:00Z', null],
    ['the night of a Saturday is none of them', '2026-11-28T22:00:00Z', 20],
    ['nor is the morning of a Monday, which a Sunday began', '2026-11-30T04:00:00Z', 20],
  ])('goes over midnight with the day it began on: %s', (_when, at, mbit) => {
    expect(limitAt(night, new Date(at), berlin)).toBe(mbit)
  })

  it('holds for the whole weekday where it begins and ends at the same time', () => {
    const all: UploadLimits = { limitMbit: null, hours: { from: 0, to: 0, mbit: 5 } }
    expect(limitAt(all, new Date('2026-11-25T23:00:00Z'), 'UTC')).toBe(5)
    expect(limitAt(all, new Date('2026-11-29T12:00:00Z'), 'UTC')).toBeNull()
  })

  it('is the same at all times without hours', () => {
    expect(limitAt({ limitMbit: 12.5, hours: null }, new Date('2026-11-25T12:00:00Z'), berlin)).toBe(12.5)
  })

  it.each([
    { limitMbit: 0, hours: null },
    { limitMbit: null, hours: { from: -1, to: 60, mbit: 8 } },
    { limitMbit: null, hours: { from: 0, to: 1440, mbit: 8 } },
    { limitMbit: null, hours: { from: 0.5, to: 60, mbit: 8 } },
    { limitMbit: null },
  ])('takes no hours or figures that make no sense: %j', (limits) => {
    expect(uploadLimits.safeParse(limits).success).toBe(false)
  })
})
