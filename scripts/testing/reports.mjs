import { relative } from 'node:path'
import { root } from '../setup/paths.mjs'

/** Counts of a Vitest JSON report (null = there was none): `{ passed, failed, skipped, needs }`, the middle two as names. */
export function readVitest(report) {
  const counts = empty()
  for (const file of report?.testResults ?? []) {
    const name = relative(root, file.name).replaceAll('\\', '/')
    // A file that cannot be loaded has no tests at all, only a message.
    if (file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed')) {
      counts.failed.push(`${name}: ${firstLine(file.message) || 'did not start'}`)
    }
    for (const test of file.assertionResults) add(counts, test.status, test.title, `${name}: ${test.fullName}`)
  }
  return counts
}

/** The same of a Playwright JSON report. */
export function readPlaywright(report) {
  const counts = empty()
  for (const error of report?.errors ?? []) counts.failed.push(firstLine(error.message))
  for (const suite of report?.suites ?? []) readSuite(counts, suite, [])
  return counts
}

function readSuite(counts, suite, titles) {
  const path = [...titles, suite.title]
  for (const inner of suite.suites ?? []) readSuite(counts, inner, path)
  for (const spec of suite.specs ?? []) {
    const name = `test/e2e/${[...path, spec.title].join(' > ')}`
    for (const test of spec.tests) {
      const status = { expected: 'passed', skipped: 'skipped' }[test.status] ?? 'failed'
      add(counts, status, spec.title, name)
    }
  }
}

function empty() {
  const needing = new Set()
  return { passed: 0, failed: [], skipped: [], needing, needs: (name) => needing.has(name) }
}

function add(counts, status, title, name) {
  if (status === 'passed') counts.passed += 1
  else if (status === 'failed') counts.failed.push(name)
  else {
    counts.skipped.push(name)
    if (title.startsWith('needs ')) counts.needing.add(name)
  }
}

function firstLine(text) {
  return (text ?? '').trim().split('\n')[0]
}
