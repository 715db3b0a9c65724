import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** The bytes of a guest's files, each under a number of its own. They are on the user's disk when a method returns. */
export class GuestBytes {
  readonly #folder: string
  #next = 1

  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }

  newNumber(): number {
    return this.#next++
  }

  /** A number that the log names is not given again. */
  take(number: number): void {
    this.#next = Math.max(this.#next, number + 1)
  }

  size(number: number): number {
    const file = this.#file(number)
    return existsSync(file) ? statSync(file).size : 0
  }

  read(number: number): Buffer {
    return readFileSync(this.#file(number))
  }

  readAt(number: number, offset: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    const handle = openSync(this.#file(number), 'r')
    try {
      return bytes.subarray(0, readSync(handle, bytes, 0, length, offset))
    } finally {
      closeSync(handle)
    }
  }

  /** As a whole: a kill leaves the old or the new content. */
  replace(number: number, content: Uint8Array): void {
    const file = this.#file(number)
    writeFileSync(`${file}.new`, content, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }

  writeAt(number: number, bytes: Uint8Array, offset: number): void {
    const handle = openSync(this.#file(number), 'r+')
    try {
      for (let done = 0; done < bytes.length;)
        done += writeSync(handle, bytes, done, bytes.length - done, offset + done)
    } finally {
      closeSync(handle)
    }
  }

  /** Cuts them or makes them longer by a hole. */
  truncate(number: number, size: number): void {
    truncateSync(this.#file(number), size)
  }

  remove(number: number): void {
    rmSync(this.#file(number), { force: true })
  }

  #file(number: number): string {
    return join(this.#folder, String(number))
  }
}
