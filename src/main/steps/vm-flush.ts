import { outputOf, type Tools } from './tools'
import { viewOf } from './vm-states'

const limitMs = 60_000
const scripts = {
  linux: 'sync',
  /** Microsoft Learn, "Write-VolumeCache": writes the file system cache to disk. */
  windows: "$ErrorActionPreference = 'Stop'\nWrite-VolumeCache -DriveLetter C",
}

/**
 * Lets the build VM write to its disk what it holds in memory, so that a copy of the disk is more than what a power cut leaves.
 * Returns whether nothing is unwritten; false where nobody gets in. Throws AppError `cancelled`, `vm.gone`, `cloud.*`.
 */
export async function flush(tools: Tools): Promise<boolean> {
  const { id, name } = outputOf(tools, 'vm.create')
  const { power } = await viewOf(await tools.cloud(), id, tools.signal)
  if (power === 'stopped' || power === 'deallocated') return true
  tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'flush', params: { name } } })
  const signal = AbortSignal.any([tools.signal, AbortSignal.timeout(limitMs)])
  try {
    const remote = await tools.sessions.connect(tools.run, signal)
    const { code } = await remote.script(scripts[remote.system], { signal, asRoot: true })
    return code === 0
  } catch (error) {
    if (tools.signal.aborted) throw error
    return false
  }
}
