import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { figure } from './numbers.mjs'

/** What the numbers were measured on. */
export function machineLine(electronVersion) {
  const processors = cpus()
  const memory = `${figure(totalmem() / 2 ** 30)} GiB of memory`
  const programs = `Node ${process.versions.node}` + (electronVersion ? `, Electron ${electronVersion}` : '')
  return `${processors.length} x ${processors[0]?.model ?? 'processor'}, ${memory}, ${platform()} ${release()} ${arch()}, ${programs}`
}

/** Starts watching the processors; the function it returns says how busy they were, by us and by others. */
export function watchLoad() {
  const before = { times: processorTimes(), load: loadavg()[0] }
  return () => {
    const after = processorTimes()
    const busy = after.busy - before.times.busy
    const all = busy + after.idle - before.times.idle
    const averages =
      platform() === 'win32' ? '' : `load average ${figure(before.load)} before, ${figure(loadavg()[0])} after; `
    return `${averages}processors ${figure((100 * busy) / Math.max(1, all))} % busy meanwhile, by this and by others`
  }
}

function processorTimes() {
  let busy = 0
  let idle = 0
  for (const { times } of cpus()) {
    idle += times.idle
    busy += times.user + times.nice + times.sys + times.irq
  }
  return { busy, idle }
}
