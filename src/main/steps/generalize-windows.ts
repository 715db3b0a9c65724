import { AppError } from '../../shared/errors'
import type { PowerState } from '../../shared/machine-calls'
import { getVmView } from '../azure/vms'
import { waitFor } from '../azure/wait'
import type { Remote } from '../sessions/session'
import type { Evidence } from './generalize-linux'
import { polling } from './making'
import { tailOf } from './part-script'
import { culpritOf } from './sysprep-log'
import { outputOf, type Tools } from './tools'
import { isShut } from './vm-connection'
import { factsFrom } from './vm-facts'
import { forgetHostKeysScript, removeChannelScript } from './windows-channel'

const limitMs = 60 * 60_000
const generalized = 'IMAGE_STATE_GENERALIZE_RESEAL_TO_OOBE'

/**
 * Starts Sysprep so that it outlives the connection and the app: WMI's processes belong to nobody's session. `/mode:vm` leaves out what
 * only new hardware needs, without which images never leave setup (Microsoft Learn, "Sysprep command-line options").
 */
export const startSysprepScript = `
$ErrorActionPreference = 'Stop'
Remove-Item -Path "$env:SystemRoot\\Panther" -Recurse -Force -ErrorAction SilentlyContinue
Remove-Item -Path "$env:SystemRoot\\System32\\Sysprep\\Panther" -Recurse -Force -ErrorAction SilentlyContinue
Remove-Item -Path "$env:SystemRoot\\System32\\Sysprep\\unattend.xml" -Force -ErrorAction SilentlyContinue
Get-ChildItem 'C:\\Packages\\Plugins' -ErrorAction SilentlyContinue | Where-Object { $_.Name -like '*RunCommandWindows*' } | Remove-Item -Recurse -Force -ErrorAction SilentlyContinue
$made = Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{ CommandLine = "$env:SystemRoot\\System32\\Sysprep\\Sysprep.exe /generalize /oobe /mode:vm /quiet /quit" }
"started\`t$($made.ReturnValue)"
`
export const sysprepStateScript = `
"imageState\`t$((Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\State').ImageState)"
"sysprep\`t$(@(Get-Process -Name sysprep -ErrorAction SilentlyContinue).Count)"
`
export const sysprepLogScript = `
Get-Content -Path "$env:SystemRoot\\System32\\Sysprep\\Panther\\setuperr.log" -Tail 60 -ErrorAction SilentlyContinue
Get-Content -Path "$env:SystemRoot\\System32\\Sysprep\\Panther\\setupact.log" -Tail 60 -ErrorAction SilentlyContinue
`

/** Throws AppError `generalize.sysprep-failed` {vm, cause}, `session.*`. */
export async function startSysprep(tools: Tools, remote: Remote): Promise<void> {
  const ran = await remote.script(startSysprepScript, { signal: tools.signal, asRoot: true })
  if (ran.code === 0 && factsFrom(ran).first('started') === '0') return
  const { name } = outputOf(tools, 'vm.create')
  const message = tailOf(`${ran.stdout}\n${ran.stderr}`)
  throw new AppError('generalize.sysprep-failed', { vm: name, cause: 'notStarted' }, { message })
}

type Seen = { imageState: string; isRunning: boolean; power: PowerState; isInside: boolean }

/**
 * Waits for the end of Sysprep, which goes on by itself, and takes the control channel out where that is wanted. Throws AppError
 * `generalize.appx` {vm, app}, `generalize.sysprep-failed` {vm, cause}, `generalize.timeout` {vm, minutes}, `generalize.unknown` {vm}.
 */
export async function untilSysprepEnds(tools: Tools, removeChannel: boolean): Promise<Evidence> {
  const cloud = await tools.cloud()
  const { name } = outputOf(tools, 'vm.create')
  const seen = await waitFor((signal) => look(tools, signal), isDecided, {
    signal: tools.signal,
    limitMs,
    seam: cloud.seam,
    onRead: polling(tools, (state: Seen | null) =>
      state?.isInside
        ? { key: 'sysprep', params: { name, state: state.imageState } }
        : { key: 'sysprepOff', params: { name } },
    ),
  }).catch((error: unknown) => {
    const isTimeout = error instanceof AppError && error.code === 'cloud.timeout'
    throw isTimeout ? new AppError('generalize.timeout', { vm: name, minutes: limitMs / 60_000 }) : error
  })
  // Nobody can look inside any more: only what asked for it shuts Windows down here.
  if (!seen.isInside) throw new AppError('generalize.unknown', { vm: name }, { message: `PowerState/${seen.power}` })
  if (seen.imageState !== generalized) await failed(tools)
  return [{ id: 'imageState', detail: seen.imageState }, await withoutChannel(tools, removeChannel)]
}

/** How far Sysprep is, seen from inside as long as the VM answers. */
async function look(tools: Tools, signal: AbortSignal): Promise<Seen> {
  const view = await getVmView(await tools.cloud(), outputOf(tools, 'vm.create').id, signal)
  const power = view?.power ?? 'unknown'
  const outside = { imageState: '', isRunning: false, power, isInside: false }
  if (power === 'stopped' || power === 'deallocated') return outside
  try {
    const remote = await tools.sessions.connect(tools.run, signal)
    const ran = await remote.script(sysprepStateScript, { signal, asRoot: true })
    if (ran.code !== 0) return outside
    const facts = factsFrom(ran)
    return { imageState: facts.first('imageState'), isRunning: facts.first('sysprep') !== '0', power, isInside: true }
  } catch (error) {
    if (isShut(error)) return outside
    throw error
  }
}

function isDecided({ isInside, isRunning, power }: Seen): boolean {
  return isInside ? !isRunning : power === 'stopped' || power === 'deallocated'
}

/** Reads Sysprep's logs and names who is to blame; without any it never began. */
async function failed(tools: Tools): Promise<never> {
  const { name } = outputOf(tools, 'vm.create')
  const remote = await tools.sessions.connect(tools.run, tools.signal)
  const { stdout } = await remote.script(sysprepLogScript, { signal: tools.signal, asRoot: true })
  const culprit = stdout.trim() === '' ? ({ cause: 'notStarted' } as const) : culpritOf(stdout)
  const details = { message: tailOf(stdout) }
  if ('app' in culprit) throw new AppError('generalize.appx', { vm: name, app: culprit.app }, details)
  throw new AppError('generalize.sysprep-failed', { vm: name, cause: culprit.cause }, details)
}

/** Neither the channel nor the keys that its server is known by may get into the image. */
async function withoutChannel(tools: Tools, isWanted: boolean): Promise<Evidence[number]> {
  const remote = await tools.sessions.connect(tools.run, tools.signal)
  const script = isWanted ? removeChannelScript : forgetHostKeysScript
  const ran = await remote.script(script, { signal: tools.signal, asRoot: true })
  const id = isWanted ? 'channel' : 'hostKeys'
  const detail = new RegExp(`^${id}=(\\w+)`, 'm').exec(ran.stdout)?.[1] ?? ''
  if (detail === (isWanted ? 'Disabled' : '0')) return { id, detail }
  const { name } = outputOf(tools, 'vm.create')
  throw new AppError('generalize.no-evidence', { vm: name, checks: id }, { message: tailOf(ran.stderr) })
}
