import { toErrorData, type ErrorData } from '../../shared/errors'
import { limitAt, type UploadLimits } from '../../shared/upload-limit'
import { call } from './api'
import { clock } from './clock.svelte'

const saveDelayMs = 300

/** What uploads are held to, as the settings say: shown on the upload card and changed there or on the settings screen. */
class Limits {
  value = $state.raw<UploadLimits | null>(null)
  error = $state.raw<ErrorData | null>(null)
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Megabits per second at this moment; null: no limit. */
  get now(): number | null {
    return this.value && limitAt(this.value, new Date(clock.now))
  }

  async load() {
    await this.#attempt(async () => (this.value = await call('upload.readLimit', {})))
  }

  /** Shown at once, kept shortly after the last change. */
  change(next: UploadLimits) {
    this.value = next
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#attempt(() => call('upload.saveLimit', next)), saveDelayMs)
  }

  async #attempt(work: () => Promise<unknown>) {
    try {
      await work()
      this.error = null
    } catch (error) {
      this.error = toErrorData(error)
    }
  }
}

export const uploadLimitsKept = new Limits()
