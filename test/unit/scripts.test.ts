import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

type Counts = { passed: number; failed: string[]; skipped: string[]; needs(name: string): boolean }
type Reports = { readVitest(report: unknown): Counts; readPlaywright(report: unknown): Counts }
type Locks = { withLock(file: string, work: () => Promise<unknown>): Promise<unknown> }

const scripts = new URL('../../scripts/', import.meta.url)
const { readVitest, readPlaywright } = (await import(new URL('testing/reports.mjs', scripts).href)) as Reports
const { withLock } = (await import(new URL('setup/lock.mjs', scripts).href)) as Locks

describe('the counting of tests', () => {
  it('counts a file that cannot be loaded as failed, though it has no test', () => {
    const file = { name: 'a.test.ts', status: 'failed', message: 'Cannot find module\nstack', assertionResults: [] }
    const counts = readVitest({ testResults: [file] })
    expect(counts.passed).toBe(0)
    expect(counts.failed).toHaveLength(1)
    expect(counts.failed[0]).toMatch(/a\.test\.ts: Cannot find module$/)
  })

  it('tells passed, failed, skipped and needing tests apart', () => {
    const test = (title: string, status: string) => ({ title, fullName: `group ${title}`, status })
    const assertionResults = [
      test('one', 'passed'),
      test('two', 'failed'),
      test('three', 'skipped'),
      test('four', 'todo'),
      test('needs qemu-img', 'skipped'),
    ]
    const counts = readVitest({ testResults: [{ name: 'a', status: 'failed', message: '', assertionResults }] })
    expect([counts.passed, counts.failed.length, counts.skipped.length]).toEqual([1, 1, 3])
    expect(counts.skipped.map(counts.needs)).toEqual([false, false, true])
  })

  it('finds the tests of Playwright at every depth, and its errors outside of tests', () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] })
    const counts = readPlaywright({
      errors: [{ message: 'SyntaxError: x\n at y' }],
      suites: [
        {
          title: 'a.test.ts',
          specs: [spec('one', 'expected')],
          suites: [
            { title: 'group', specs: [spec('two', 'unexpected'), spec('three', 'flaky'), spec('four', 'skipped')] },
          ],
        },
      ],
    })
    expect(counts.passed).toBe(1)
    expect(counts.failed).toEqual([
      'SyntaxError: x',
      'test/e2e/a.test.ts > group > two',
      'test/e2e/a.test.ts > group > three',
    ])
    expect(counts.skipped).toEqual(['test/e2e/a.test.ts > group > four'])
  })

  it('finds nothing in a report that was never written', () => {
    expect(readVitest(null)).toMatchObject({ passed: 0, failed: [], skipped: [] })
    expect(readPlaywright(null)).toMatchObject({ passed: 0, failed: [], skipped: [] })
  })
})

describe('the set-up', () => {
  it('says in one sentence that Node is too old, before it does anything', () => {
    const older = "Object.defineProperty(process.versions, 'node', { value: '18.20.4' })"
    const preload = `data:text/javascript,${encodeURIComponent(older)}`
    for (const name of ['start', 'test', 'dev', 'build', 'ensure-electron']) {
      const ran = spawnSync(process.execPath, ['--import', preload, `scripts/${name}.mjs`], { encoding: 'utf8' })
      expect(ran.status).toBe(1)
      expect(ran.stdout).toBe('')
      expect(ran.stderr.trim().split('\n')).toEqual([expect.stringContaining('needs Node.js 20.19 or newer')])
    }
  })

  it('takes over the lock of a run that is gone', async () => {
    const lock = join(mkdtempSync(join(tmpdir(), 'bis-lock-')), 'a.lock')
    const gone = spawnSync(process.execPath, ['--version'])
    writeFileSync(lock, String(gone.pid))
    expect(await withLock(lock, () => Promise.resolve(readFileSync(lock, 'utf8')))).toBe(String(process.pid))
    expect(existsSync(lock)).toBe(false)
  })

  it('lets one run after the other through a lock', async () => {
    const lock = join(mkdtempSync(join(tmpdir(), 'bis-lock-')), 'a.lock')
    const seen: string[] = []
    const enter = (name: string) =>
      withLock(lock, async () => {
        seen.push(`${name} in`)
        await new Promise((resolve) => setImmediate(resolve))
        seen.push(`${name} out`)
      })
    await Promise.all([enter('one'), enter('two')])
    expect(seen).toEqual(['one in', 'one out', 'two in', 'two out'])
  })

  it('releases a lock when the work fails', async () => {
    const lock = join(mkdtempSync(join(tmpdir(), 'bis-lock-')), 'a.lock')
    await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(lock)).toBe(false)
  })
})
