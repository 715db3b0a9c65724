import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AppError } from '../../shared/errors'
import { codeOf, moveFile, writing } from './files'

export type Lock = { release(): Promise<void> }

/** Who holds a lock. `start` tells two processes apart that had the same id one after the other. */
type Holder = { pid: number; start: string | null; host: string; key: string }

const heartbeatMs = 5_000
/** Where the system does not tell when a process started, a lock without a heartbeat this long is doubted. */
const silentMs = 30_000
const takeoverMs = 10_000

/**
 * Takes the lock of a run; window and command line share the folder. A lock whose holder has died is taken over. Throws AppError
 * `run.locked` {pid, host} while another program, or another engine of this one, holds it, `disk-full` or `state.unwritable`.
 */
export async function acquireLock(file: string): Promise<Lock> {
  const mine: Holder = { pid: process.pid, start: await startOf(process.pid), host: hostname(), key: randomUUID() }
  const folder = path.dirname(file)
  const isMine = await writing(folder, async () => (await created(file, mine)) || takenOver(file, mine))
  if (!isMine) {
    const holder = await holderOf(file)
    throw new AppError('run.locked', holder ? { pid: holder.pid, host: holder.host } : {})
  }
  const beat = setInterval(() => void touch(file), heartbeatMs).unref()
  return {
    async release() {
      clearInterval(beat)
      if ((await holderOf(file))?.key === mine.key) await writing(folder, () => rm(file, { force: true }))
    },
  }
}

/** Is somebody working on this run who is alive? */
export async function isLocked(file: string): Promise<boolean> {
  const holder = await holderOf(file)
  return holder !== null && (await isAlive(file, holder))
}

async function created(file: string, mine: Holder): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(JSON.stringify(mine))
    } finally {
      await handle.close()
    }
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** Two that find the same dead holder must not both succeed: the second file decides who may replace the first. */
async function takenOver(file: string, mine: Holder): Promise<boolean> {
  const holder = await holderOf(file)
  if (holder ? await isAlive(file, holder) : await isYoung(file, takeoverMs)) return false
  const door = `${file}.takeover`
  if (!(await created(door, mine))) {
    if (await isYoung(door, takeoverMs)) return false
    await rm(door, { force: true })
    if (!(await created(door, mine))) return false
  }
  const isThere = (await modifiedMs(file)) !== null
  if (!isThere || (await holderOf(file))?.key !== holder?.key) {
    await rm(door, { force: true })
    return isThere ? false : created(file, mine)
  }
  await moveFile(door, file)
  return true
}

async function isAlive(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return beats(file)
  if (!hasProcess(holder.pid)) return false
  const start = await startOf(holder.pid)
  return start && holder.start ? start === holder.start : beats(file)
}

/** A silent holder may have slept with the computer: it gets the time of one more heartbeat. */
async function beats(file: string): Promise<boolean> {
  if (await isYoung(file, silentMs)) return true
  const before = await modifiedMs(file)
  await pause(heartbeatMs * 1.2)
  return (await modifiedMs(file)) !== before
}

function hasProcess(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

/** When a process started, with the boot it belongs to; null where the system has no /proc or the process is gone. */
async function startOf(pid: number): Promise<string | null> {
  if (process.platform !== 'linux') return null
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // proc(5): the name in brackets may hold blanks; start time is field 22, the 20th behind the brackets.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return ticks ? `${boot.trim()}/${ticks}` : null
  } catch {
    return null
  }
}

async function holderOf(file: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
  } catch {
    return null
  }
}

async function isYoung(file: string, limitMs: number): Promise<boolean> {
  const modified = await modifiedMs(file)
  return modified !== null && Date.now() - modified < limitMs
}

async function modifiedMs(file: string): Promise<number | null> {
  try {
    return (await stat(file)).mtimeMs
  } catch {
    return null
  }
}

async function touch(file: string): Promise<void> {
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
}
