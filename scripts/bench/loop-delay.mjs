const resolutionMs = 10

/**
 * Delay of the main process's loop while `work` runs, in ms: `{ p50, p99, longest }`. Node's histogram counts from timer to timer, so an
 * idle loop shows the resolution; what is beyond that is the delay.
 */
export async function delayDuring(app, work) {
  await app.evaluate((_electron, resolution) => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
    globalThis.benchDelay = monitorEventLoopDelay({ resolution })
    globalThis.benchDelay.enable()
  }, resolutionMs)
  await work()
  const milliseconds = await app.evaluate(() => {
    const delay = globalThis.benchDelay
    delay.disable()
    return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 }
  })
  return Object.fromEntries(Object.entries(milliseconds).map(([key, ms]) => [key, Math.max(0, ms - resolutionMs)]))
}
