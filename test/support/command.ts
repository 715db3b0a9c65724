import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import type { JournalEntry } from '../../src/shared/run'

/** The built programs; `npm test` builds them first. Another build, such as a package's, can be tested by naming its folder. */
const programs = path.resolve(process.env['BIS_TEST_PROGRAMS'] ?? 'out/main')
export const program = path.join(programs, 'cli.cjs')
export const practiceProgram = path.join(programs, 'practice.cjs')

export type Ended = { code: number | null; signal: string | null; stdout: string; stderr: string; lines: Line[] }
/** A line of `run`: a journal entry, or the last one with the result. */
export type Line = Partial<JournalEntry> & {
  status?: string
  run?: string
  resources?: { id: string; what: string }[]
} & Record<string, unknown>
export type Running = {
  child: ChildProcess
  /** Resolves with the first line, past or future, that fits. */
  line(fits: (line: Line) => boolean): Promise<Line>
  ended: Promise<Ended>
}

/** Starts the built command line as users do. */
export function start(args: string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', ...env },
  })
  const lines: Line[] = []
  const waiting = new Set<{ fits: (line: Line) => boolean; found: (line: Line) => void }>()
  let stdout = ''
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const reader = createInterface({ input: child.stdout })
  reader.on('line', (text) => {
    stdout += `${text}\n`
    const line = parsed(text)
    if (!line) return
    lines.push(line)
    for (const one of waiting) if (one.fits(line)) one.found(line)
  })
  const closed = Promise.all([once(child, 'close'), once(reader, 'close')])
  const ended = closed.then(() => ({ code: child.exitCode, signal: child.signalCode, stdout, stderr, lines }))
  return {
    child,
    ended,
    line(fits) {
      const before = lines.find(fits)
      if (before) return Promise.resolve(before)
      const found = new Promise<Line>((resolve) => waiting.add({ fits, found: resolve }))
      const never = ended.then(({ stderr }) => Promise.reject(new Error(`ended before such a line: ${stderr}`)))
      return Promise.race([found, never])
    },
  }
}

export function command(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return start(args, env).ended
}

/** Kills a command from outside after so many further journal records, if it gets that far. */
export async function killAfter(args: string[], records: number, env: Record<string, string>): Promise<Ended> {
  const running = start(args, env)
  let seen = 0
  await running.line((line) => line.kind !== undefined && ++seen >= records).catch(() => undefined)
  running.child.kill('SIGKILL')
  return running.ended
}

export type Stats = {
  requests: Record<string, number>
  repeatedPuts: Record<string, number>
  repeatedPutTotal: number
  resources: string[]
  resourceCounts: Record<string, number>
}

/** Asks a practice cloud what only a practice cloud answers. `state` = the state folder given to the command line. */
export function askPractice(
  origin: string,
  state: string,
  method: string,
  route: string,
  body?: object,
): Promise<unknown> {
  const ca = readFileSync(path.join(state, 'practice', 'ca.pem'))
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asked = request(new URL(`/practice/${route}`, origin), { method, ca, headers }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () => resolve(text ? (JSON.parse(text) as unknown) : null))
    })
    asked.on('error', reject)
    asked.end(body && JSON.stringify(body))
  })
}

/** Reads the counters until they fit: how a test sees how far a program has come. */
export async function untilStats(origin: string, state: string, fits: (stats: Stats) => boolean): Promise<Stats> {
  for (;;) {
    const stats = (await askPractice(origin, state, 'GET', 'stats')) as Stats
    if (fits(stats)) return stats
    await wait(5)
  }
}

/** How often a request was made whose name (`METHOD route`) fits. */
export function countOf(stats: Pick<Stats, 'requests'>, name: RegExp): number {
  const fitting = Object.entries(stats.requests).filter(([request]) => name.test(request))
  return fitting.reduce((sum, [, count]) => sum + count, 0)
}

/** Starts the practice cloud of a state folder once more, only to read its counters. */
export async function statsOf(state: string): Promise<Stats> {
  const practice = start(['practice', '--state', state])
  const profile = await practice.line((line) => 'armEndpoint' in line)
  const stats = (await askPractice(String(profile['armEndpoint']), state, 'GET', 'stats')) as Stats
  practice.child.kill('SIGTERM')
  await practice.ended
  return stats
}

function parsed(text: string): Line | null {
  try {
    return JSON.parse(text) as Line
  } catch {
    return null
  }
}
