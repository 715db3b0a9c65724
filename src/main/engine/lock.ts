import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors'

const owner = z.object({ pid: z.number().int().positive(), startedAt: z.string(), host: z.string() })
type Owner = z.infer<typeof owner>

const heartbeatMs = 5_000
const staleMs = 30_000

export type Lock = { release(): void }

/**
 * Takes the lock of a run: window and command line share the folder, only one may write. The file names its process and when
 * that started, so that a lock left by a crash, or a process number used again, is recognised and taken over.
 * Throws `run.locked` while another process holds it.
 */
export function takeLock(file: string): Lock {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const mine: Owner = { pid: process.pid, startedAt: startOf(process.pid) ?? '', host: hostname() }
  for (let tries = 0; tries < 3; tries++) {
    if (create(file, JSON.stringify(mine))) return hold(file)
    const other = holder(file)
    if (other) throw new AppError('run.locked', { pid: other.pid })
    putAside(file)
  }
  throw new AppError('run.locked', { pid: holder(file)?.pid ?? 0 })
}

/** The process that holds this lock now, or null: free, or left behind by one that is gone. */
export function holder(file: string): { pid: number } | null {
  const found = read(file)
  if (!found) return null
  if (found.owner && found.owner.host === hostname()) {
    const started = startOf(found.owner.pid)
    if (started !== null) return started === found.owner.startedAt ? found.owner : null
    if (!isAlive(found.owner.pid)) return null
  }
  // No way to ask for the start of a process here, or a folder shared with another computer: its heartbeat decides.
  return Date.now() - found.beatMs < staleMs ? (found.owner ?? { pid: 0 }) : null
}

function create(file: string, text: string): boolean {
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, text, { mode: 0o600 })
  try {
    // A link appears whole or not at all, unlike a file that is created first and filled afterwards.
    linkSync(temporary, file)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    if (code === 'ENOSPC') throw new AppError('disk-full')
    return createWithoutLinks(file, text)
  } finally {
    rmSync(temporary, { force: true })
  }
}

/** File systems without hard links, e.g. exFAT. */
function createWithoutLinks(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function hold(file: string): Lock {
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date())
    } catch {
      // Gone with its folder; release() has nothing left to do then.
    }
  }, heartbeatMs)
  beat.unref()
  return {
    release() {
      clearInterval(beat)
      if (read(file)?.owner?.pid === process.pid) rmSync(file, { force: true })
    },
  }
}

function putAside(file: string) {
  const aside = `${file}.stale-${process.pid}`
  try {
    renameSync(file, aside)
    rmSync(aside, { force: true })
  } catch {
    // Another process was faster; the next try sees its lock.
  }
}

function read(file: string): { owner: Owner | null; beatMs: number } | null {
  try {
    const beatMs = statSync(file).mtimeMs
    const parsed = owner.safeParse(JSON.parse(readFileSync(file, 'utf8')))
    return { owner: parsed.success ? parsed.data : null, beatMs }
  } catch (error) {
    if (error instanceof SyntaxError)
      return { owner: null, beatMs: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }
    return null
  }
}

/** When a process started, in the kernel's own ticks: proc(5), field 22 of /proc/PID/stat. Null where that cannot be asked. */
function startOf(pid: number): string | null {
  if (process.platform !== 'linux') return null
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
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
