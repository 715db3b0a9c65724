import { toErrorData } from '../../shared/errors'
import { inspect } from './inspect'
import type { FromInspection, ToInspection } from './inspect-messages'

const growthLimitBytes = 350 * 1024 * 1024
const lookMs = 50

process.once('message', (message: ToInspection) => void main(message.file))

/** Program `xray.cjs`: looks into the disk image that its parent names, answers, and ends; also when the parent is gone. */
async function main(file: string): Promise<void> {
  process.on('disconnect', () => process.exit(1))
  const before = process.memoryUsage.rss()
  const guard = setInterval(() => {
    if (process.memoryUsage.rss() - before > growthLimitBytes) leave({ kind: 'gave-up' })
  }, lookMs)
  try {
    const inspection = await inspect(file, (soFar) => process.send?.({ kind: 'so-far', inspection: soFar }))
    leave({ kind: 'done', inspection })
  } catch (error) {
    leave({ kind: 'failed', error: toErrorData(error) })
  } finally {
    clearInterval(guard)
  }
}

function leave(message: FromInspection): void {
  if (!process.send) process.exit(1)
  process.send(message, () => process.exit(0))
}
