import { AppError } from '../../shared/errors'
import type { Network } from '../net/network'
import type { Pace } from './pace'
import { startUpload, type UploadCallbacks, type UploadProcess } from './process'
import type { UploadResult, UploadSpec } from './spec'

/** All uploads of this program, each in a process of its own, all under one limit. */
export type Uploads = {
  /**
   * Runs one to its end. `name`: what it is paused by, such as its run; only one at a time may have it (AppError `run.busy`).
   * Throws what `performUpload` throws and `upload.process-ended`; the same description goes on where it was.
   */
  run(
    name: string,
    spec: Omit<UploadSpec, 'journalFolder'>,
    callbacks: Omit<UploadCallbacks, 'pace' | 'network'>,
  ): Promise<UploadResult>
  /** What is under way, in the order in which it began. */
  list(): { name: string; isPaused: boolean }[]
  /** Requests under way come to their end, no more are sent; false when no upload has this name. */
  pause(name: string): boolean
  resume(name: string): boolean
  /** Tells that one began, ended, was paused or resumed. Returns the way to stop that. */
  subscribe(listener: () => void): () => void
}

export type UploadsOptions = {
  journalFolder: string
  pace: Pace
  network: Network
}

export function createUploads({ journalFolder, pace, network }: UploadsOptions): Uploads {
  const running = new Map<string, { process: UploadProcess; isPaused: boolean }>()
  const listeners = new Set<() => void>()
  const changed = () => listeners.forEach((listener) => listener())

  function setPaused(name: string, isPaused: boolean): boolean {
    const one = running.get(name)
    if (!one) return false
    one.isPaused = isPaused
    if (isPaused) one.process.pause()
    else one.process.resume()
    changed()
    return true
  }

  return {
    async run(name, spec, callbacks) {
      if (running.has(name)) throw new AppError('run.busy')
      const process = startUpload({ ...spec, journalFolder }, { ...callbacks, pace, network })
      running.set(name, { process, isPaused: false })
      changed()
      try {
        return await process.result
      } finally {
        running.delete(name)
        changed()
      }
    },
    list: () => [...running].map(([name, { isPaused }]) => ({ name, isPaused })),
    pause: (name) => setPaused(name, true),
    resume: (name) => setPaused(name, false),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
