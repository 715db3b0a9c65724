import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { say } from './say.mjs'

const oldestMs = 60 * 60 * 1000

/** Runs `work` while no other run does what `file` stands for. A lock left by a run that is gone is taken over. */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true })
  let told = false
  while (!take(file)) {
    const owner = leftBy(file)
    if (owner !== null) {
      clearAway(file, owner)
      continue
    }
    if (!told) say('Another run of Batch Image Studio is setting things up; waiting for it.')
    told = true
    await pause(300)
  }
  const release = () => rmSync(file, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST' || error.code === 'EPERM' || error.code === 'EBUSY') return false
    throw error
  }
}

/** What a lock says whose run is gone, or null when it is held or just released. */
function leftBy(file) {
  try {
    const owner = readFileSync(file, 'utf8')
    if (Date.now() - statSync(file).mtimeMs > oldestMs) return owner
    return Number(owner) > 0 && !isAlive(Number(owner)) ? owner : null
  } catch {
    return null
  }
}

/** Moved first, then looked at: somebody else may have taken the lock over since we read it, and gets it back. */
function clearAway(file, owner) {
  const moved = `${file}.${process.pid}`
  try {
    renameSync(file, moved)
    if (readFileSync(moved, 'utf8') !== owner) linkSync(moved, file)
  } catch {
    // somebody was faster
  }
  rmSync(moved, { force: true })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
