import { describe, expect, it } from 'vitest'
import { gapsIn, withRate, type RatePoint } from '../../../src/shared/rates'

const point = (at: number, rate: number, isAway = false): RatePoint => ({ at, rate, limit: null, isAway })
const added = (...points: RatePoint[]) => points.reduce<readonly RatePoint[]>((all, next) => withRate(all, next), [])

describe('the rates of an upload', () => {
  it('are kept twice a second at most, for ten minutes', () => {
    expect(added(point(0, 1), point(0.2, 2), point(0.6, 3)).map(({ rate }) => rate)).toEqual([1, 3])
    expect(added(point(0, 1), point(599, 2)).length).toBe(2)
    expect(added(point(0, 1), point(600, 2)).map(({ at }) => at)).toEqual([600])
  })

  it('stay at nothing from the moment the network goes until it is back', () => {
    const points = added(point(0, 50), point(10, 50), point(10.1, 40, true), point(80, 30))
    expect(points.map(({ at, rate }) => [at, rate])).toEqual([
      [0, 50],
      [10, 50],
      [10.1, 0],
      [80, 0],
      [80, 30],
    ])
    expect(gapsIn(points)).toEqual([{ from: 10.1, to: 80 }])
  })

  it('tell of a gap that goes on, and not of one that is hardly seen', () => {
    expect(gapsIn(added(point(0, 50), point(10, 0, true), point(20, 0, true)))).toEqual([{ from: 10, to: 20 }])
    const blink = added(point(0, 50), point(10, 0, true), point(11, 0, true), point(12, 45))
    expect(gapsIn(blink)).toEqual([])
    expect(blink.map(({ rate }) => rate)).toEqual([50, 45])
    expect(gapsIn([])).toEqual([])
  })
})
