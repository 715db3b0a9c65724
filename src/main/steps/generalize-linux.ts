import { AppError } from '../../shared/errors'
import type { OutputOf } from '../../shared/outputs'
import { serialLog } from '../azure/boot-diagnostics'
import { waitFor } from '../azure/wait'
import type { Remote } from '../sessions/session'
import { polling } from './making'
import { tailOf } from './part-script'
import { outputOf, type Tools } from './tools'
import { isShut } from './vm-connection'
import { factsFrom, type VmFacts } from './vm-facts'

export type Evidence = OutputOf<'vm.generalize'>['evidence']

/** What has begun here is finished even if the person wants to stop: half of it would be worse than all of it. */
const limitMs = 10 * 60_000
/** The log that Azure shows lags behind by one to three minutes. */
const consoleLimitMs = 5 * 60_000
const logFile = '/run/batch-image-studio.log'
/** Goes to the serial console, which Azure keeps: after a lost connection nobody else can tell. */
const serialMark = 'batch-image-studio generalized'

/**
 * Takes out what makes this system unique, as root, and tells what is left of it in the same breath: afterwards nobody can sign in. It
 * runs to its end whatever becomes of the connection. Azure documentation, "Generalize a Linux VM"; cloud-init(1), "clean"; machine-id(5).
 */
export function deprovisionScript(user: string): string {
  return `{
say() { printf '%s\\t%s\\n' "$1" "$2"; }
home=$(getent passwd '${user}' | cut -d: -f6)
{
  if command -v cloud-init >/dev/null 2>&1; then
    cloud-init clean --logs --machine-id || cloud-init clean --logs
  fi
  waagent -force -deprovision+user
  code=$?
  export HISTSIZE=0
  rm -f /root/.bash_history /root/.ssh/id_*
  if [ -s /etc/machine-id ] && [ "$(cat /etc/machine-id)" != uninitialized ]; then : > /etc/machine-id; fi
  sync
} > ${logFile} 2>&1 </dev/null
user=gone
if getent passwd '${user}' >/dev/null 2>&1; then user=left; fi
if [ -z "$home" ]; then home=/home/'${user}'; fi
if [ -e "$home" ]; then home=left; else home=gone; fi
keys=0
for key in /etc/ssh/ssh_host_*; do if [ -e "$key" ]; then keys=$((keys + 1)); fi; done
id=$(cat /etc/machine-id 2>/dev/null)
case "$id" in ''|uninitialized) id=reset ;; *) id=left ;; esac
instance=gone
if [ -e /var/lib/cloud/instance ]; then instance=left; fi
say code "$code"
say user "$user"
say home "$home"
say hostKeys "$keys"
say machineId "$id"
say cloudInit "$instance"
{ echo "${serialMark} code=$code user=$user home=$home hostKeys=$keys machineId=$id cloudInit=$instance" > /dev/console; } 2>/dev/null
tail -n 40 ${logFile} >&2
sync
}
exit 0
`
}

/** What each fact has to be. Names are keys of `messages.recipe.evidence`. */
const wanted = { code: '0', user: 'gone', home: 'gone', hostKeys: '0', machineId: 'reset', cloudInit: 'gone' } as const

/**
 * Generalizes a Linux system over its live connection, and proves it: by what is left, and by being refused afterwards. Throws
 * AppError `generalize.deprovision-failed` {vm, code}, `generalize.no-evidence` {vm, checks}, `generalize.unknown` {vm}.
 */
export async function deprovision(tools: Tools, remote: Remote): Promise<Evidence> {
  const { name } = outputOf(tools, 'vm.create')
  tools.progress({ done: 0, total: 0, unit: 'polls', wait: { key: 'deprovision', params: { name } } })
  const signal = AbortSignal.timeout(limitMs)
  const ran = await remote.script(deprovisionScript(remote.user), { signal, asRoot: true })
  if (ran.code === null) return byConsole(tools)
  const evidence = proven(name, factsFrom(ran), tailOf(ran.stderr))
  return [...evidence, await refused(tools, signal)]
}

/**
 * What the serial console tells of a generalizing whose end nobody saw. Throws AppError `generalize.unknown` {vm}, or what the console
 * tells.
 */
export async function byConsole(tools: Tools): Promise<Evidence> {
  const { id, name } = outputOf(tools, 'vm.create')
  const cloud = await tools.cloud()
  const line = await waitFor(
    async (signal) => {
      const log = await serialLog(cloud, id, signal)
      return log.slice(Math.max(0, log.lastIndexOf(serialMark)))
    },
    (text) => text.startsWith(serialMark),
    {
      signal: tools.signal,
      limitMs: consoleLimitMs,
      seam: cloud.seam,
      onRead: polling(tools, () => ({ key: 'deprovision', params: { name } })),
    },
  ).catch((error: unknown) => {
    const isTimeout = error instanceof AppError && error.code === 'cloud.timeout'
    throw isTimeout ? new AppError('generalize.unknown', { vm: name }) : error
  })
  const told = [...line.split('\n')[0]!.matchAll(/(\w+)=(\S+)/g)]
    .map(([, key, value]) => `${key!}\t${value!}`)
    .join('\n')
  return [...proven(name, factsFrom({ stdout: told }), ''), { id: 'console', detail: 'serial console' }]
}

function proven(vm: string, facts: VmFacts, tail: string): Evidence {
  const details = tail ? { message: tail } : {}
  const code = facts.first('code')
  if (code !== wanted.code) throw new AppError('generalize.deprovision-failed', { vm, code }, details)
  const evidence = Object.keys(wanted).map((id) => ({ id, detail: facts.first(id) }))
  const left = evidence.filter(({ id, detail }) => detail !== wanted[id as keyof typeof wanted])
  if (left.length === 0) return evidence
  throw new AppError('generalize.no-evidence', { vm, checks: left.map(({ id }) => id).join(', ') }, details)
}

/** A new connection must fail: the user is not there any more. */
async function refused(tools: Tools, signal: AbortSignal): Promise<Evidence[number]> {
  const { name } = outputOf(tools, 'vm.create')
  tools.sessions.end(tools.run)
  try {
    await tools.sessions.connect(tools.run, signal)
  } catch (error) {
    if (isShut(error)) return { id: 'refused', detail: (error as AppError).code }
    throw error
  }
  throw new AppError('generalize.no-evidence', { vm: name, checks: 'refused' })
}
