import { toErrorData, type ErrorData } from '../../../shared/errors'

/** What one section is asking for: whether it is under way, and how it failed last. */
class Attempt {
  error = $state.raw<ErrorData | null>(null)
  isBusy = $state(false)

  /** Answers whether it went well; a failure is kept for showing in the section. */
  async run(work: () => Promise<void>): Promise<boolean> {
    this.isBusy = true
    try {
      await work()
      this.error = null
      return true
    } catch (error) {
      this.error = toErrorData(error)
      return false
    } finally {
      this.isBusy = false
    }
  }
}

export function attempt(): Attempt {
  return new Attempt()
}
