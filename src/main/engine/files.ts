import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'

const renameTries = 20

/** Replaces a file as a whole: a reader sees the old or the new text, never half of one, also after a power cut. */
export function writeAtomically(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`
  const descriptor = openSync(temporary, 'w', 0o600)
  try {
    const bytes = Buffer.from(text)
    if (writeSync(descriptor, bytes) !== bytes.length) {
      throw Object.assign(new Error('short write'), { code: 'ENOSPC' })
    }
    fsyncSync(descriptor)
  } catch (error) {
    closeSync(descriptor)
    rmSync(temporary, { force: true })
    throw error
  }
  closeSync(descriptor)
  rename(temporary, file)
}

/** Windows: a virus scanner may hold the file for a moment. */
function rename(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      return renameSync(from, to)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (tries >= renameTries || (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES')) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 25)
    }
  }
}
