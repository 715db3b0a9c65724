import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type FolderLock = {
  release(): void
}

const waitMs = 20_000
const lookMs = 150
const beatMs = 4_000
const staleMs = 20_000

/**
 * Makes this process the only practice cloud on a state folder. Waits up to 20 s for another one to leave; a lock whose
 * process is gone, or which nobody has touched for 20 s (its pid may be someone else's by now), is taken over.
 * @throws Error when the other one stays
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'practice.lock')
  const mine = JSON.stringify({ pid: process.pid, id: randomUUID() })
  const until = Date.now() + waitMs
  while (!tryTake(file, mine)) {
    if (Date.now() > until) throw new Error(`Another practice cloud (process ${holder(file)}) uses this folder.`)
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
  const beat = setInterval(() => touch(file), beatMs)
  beat.unref()
  return {
    release() {
      clearInterval(beat)
      if (read(file) === mine) rmSync(file, { force: true })
    },
  }
}

function tryTake(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = read(file)
  if (found !== null && isStale(file, found)) setAside(file, found)
  return false
}

/** Renaming lets only one of several waiting processes remove the old lock; a fresh one caught by mistake goes back. */
function setAside(file: string, stale: string): void {
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    if (read(aside) === stale) rmSync(aside, { force: true })
    else renameSync(aside, file)
  } catch {
    // Another process was faster.
  }
}

function isStale(file: string, text: string): boolean {
  const pid = pidOf(text)
  if (pid === null || pid === process.pid || !isAlive(pid)) return true
  try {
    return Date.now() - statSync(file).mtimeMs > staleMs
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function holder(file: string): string {
  return String(pidOf(read(file) ?? '') ?? 'unknown')
}

function pidOf(text: string): number | null {
  try {
    const { pid } = JSON.parse(text) as { pid?: unknown }
    return typeof pid === 'number' ? pid : null
  } catch {
    return null
  }
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // The folder was removed under us; the next save reports it.
  }
}
