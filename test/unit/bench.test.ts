import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

type Row = { middle: number; isMissed: boolean }
type Numbers = {
  median(values: number[]): number
  row(what: string, values: number[], unit: string, more?: { most?: number; least?: number }): Row
  table(rows: Row[]): string[]
}
type Words = { asked(words: string[]): { parts: string[]; rounds: number; isQuick: boolean } }
type Sizes = { describeLoaded(loaded: string[], studio: string): string[] }

const scripts = new URL('../../scripts/bench/', import.meta.url)
const { median, row, table } = (await import(new URL('numbers.mjs', scripts).href)) as Numbers
const { asked } = (await import(new URL('words.mjs', scripts).href)) as Words
const { describeLoaded } = (await import(new URL('sizes.mjs', scripts).href)) as Sizes

describe('the table of the bench', () => {
  it('takes the middle run, not the mean', () => {
    expect(median([9, 1, 100])).toBe(9)
    expect(median([4, 1, 3, 2])).toBe(2.5)
  })

  it('marks a target as missed when the median is beyond it or is no number', () => {
    expect(row('start', [1.2, 1.3, 9], 'x', { most: 1.3 }).isMissed).toBe(false)
    expect(row('start', [1.2, 1.31, 9], 'x', { most: 1.3 }).isMissed).toBe(true)
    expect(row('start', [NaN], 'x', { most: 1.3 }).isMissed).toBe(true)
    expect(row('rate', [499, 500, 900], 'MiB/s', { least: 500 }).isMissed).toBe(false)
    expect(row('rate', [499, 499, 900], 'MiB/s', { least: 500 }).isMissed).toBe(true)
    expect(table([row('start', [1.2, 1.31, 9], 'x', { most: 1.3 })])[1]).toMatch(
      /^start +1\.31 x +1\.20 - 9\.00 +3 +<= 1\.3 x +MISSED$/,
    )
  })
})

describe('what the bench is asked for', () => {
  it('is everything, three times, unless parts, a quick look or a number of rounds is named', () => {
    const parts = ['app', 'upload', 'resume', 'readers', 'sftp', 'terminal', 'desktop']
    expect(asked([])).toEqual({ parts, rounds: 3, isQuick: false })
    expect(asked(['resume', 'upload', 'quick'])).toEqual({ parts: ['upload', 'resume'], rounds: 1, isQuick: true })
    expect(asked(['--rounds', '5', 'readers'])).toEqual({ parts: ['readers'], rounds: 5, isQuick: false })
    expect(asked(['--quick', '--rounds', '2'])).toMatchObject({ rounds: 2, isQuick: true })
  })

  it('is refused where it makes no sense', () => {
    for (const words of [['uploads'], ['--rounds'], ['--rounds', '0'], ['--rounds', 'many']]) {
      expect(() => asked(words)).toThrow('Usage: npm run bench')
    }
  })
})

describe('the search for Azure’s libraries among the loaded files', () => {
  const everyMark = 'azsdk-js core-rest-pipeline storage-blob arm-batch arm-compute msal'

  it('passes when they are in later chunks only', () => {
    const { studio, index } = builtApp(everyMark)
    expect(describeLoaded([index, '/elsewhere.cjs'], studio).at(-1)).toMatch(/^None of Azure's libraries/)
  })

  it('fails when one of them was loaded', () => {
    const { studio, index, chunk } = builtApp(everyMark)
    expect(() => describeLoaded([index, chunk], studio)).toThrow(/loaded at start: chunks\/later\.cjs \(azsdk-js\)/)
  })

  it('fails when it has become blind, or the app itself was not seen', () => {
    const { studio, index, chunk } = builtApp('azsdk-js')
    expect(() => describeLoaded([index], studio)).toThrow(/is blind/)
    expect(() => describeLoaded([chunk], studio)).toThrow(/index\.cjs is not among/)
  })
})

/** The folders of a built app whose one later chunk holds `text`. */
function builtApp(text: string): { studio: string; index: string; chunk: string } {
  const studio = mkdtempSync(join(tmpdir(), 'bench-'))
  onTestFinished(() => rmSync(studio, { recursive: true, force: true }))
  const main = join(studio, 'out', 'main')
  mkdirSync(join(main, 'chunks'), { recursive: true })
  const index = join(main, 'index.cjs')
  const chunk = join(main, 'chunks', 'later.cjs')
  writeFileSync(index, 'start()')
  writeFileSync(chunk, text)
  return { studio, index, chunk }
}
