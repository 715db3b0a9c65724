import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { OutputOf } from '../../shared/outputs'
import { generalizeTicket, openVmBlocks, type GeneralizeTicket, type VmCheckRow } from '../../shared/vm-checks'
import { getVmView, listExtensions, type VmView } from '../azure/vms'
import type { Verdict } from '../engine/step'
import type { Remote } from '../sessions/session'
import { linuxFactsScript, linuxRows } from './generalize-checks-linux'
import { windowsFactsScript, windowsRows } from './generalize-checks-windows'
import { versionTaken } from './free-version'
import { byConsole, deprovision, type Evidence } from './generalize-linux'
import { startSysprep, untilSysprepEnds } from './generalize-windows'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'
import { connected, isShut } from './vm-connection'
import { factsFrom } from './vm-facts'

type Form = Inputs['vm.generalize']
type Output = OutputOf<'vm.generalize'>

/**
 * The system in the build VM loses what makes it unique, after a look at whatever would make that fail, and with evidence of it. It
 * cannot be done by halves: what has begun is looked for at the next start instead of being begun again.
 */
export const vmGeneralize: RunStep<'vm.generalize'> = {
  id: 'vm.generalize',
  requires: ['vm.create', 'vm.install', 'vm.restore'],
  closing: 'goesOn',
  parse: (input) => parseForm('vm.generalize', input),
  describe: () => ({ minutes: 10, cost: 'none', makes: [] }),
  async check(tools, input) {
    const view = await viewOf(tools)
    if (view.isGeneralized)
      return { is: 'done', output: { evidence: [{ id: 'marked', detail: 'OSState/generalized' }], isByHand: false } }
    if (ticketOf(tools).begun) return { is: 'todo' }
    const taken = await versionTaken(tools)
    if (taken) return { is: 'blocked', error: taken }
    if (input.byHand) return confirmed(tools, input)
    const rows = await looked(tools, await connected(tools))
    await tools.ticket({ look: { at: tools.now().toISOString(), rows } } satisfies GeneralizeTicket)
    return judged(tools, input, rows)
  },
  async run(tools, input) {
    const ticket = ticketOf(tools)
    if (input.byHand) return { evidence: await byHand(tools), isByHand: true }
    if (ticket.begun) return wentOn(tools, input, ticket)
    return begin(tools, input, ticket)
  },
  async resume(tools, input) {
    const known = ticketOf(tools)
    if (known.begun) return wentOn(tools, input, known)
    const verdict = await vmGeneralize.check(tools, input)
    if (verdict.is === 'blocked') throw new AppError(verdict.error.code, verdict.error.params, verdict.error.details)
    return verdict.is === 'done' ? verdict.output : vmGeneralize.run(tools, input)
  },
  passesOn: ({ isByHand }) => isByHand,
}

/** What was begun in this VM; nothing once it went back to its snapshot or was made anew. */
function ticketOf(tools: Tools): GeneralizeTicket {
  const { steps } = tools.history()
  const ticket = generalizeTicket(steps['vm.generalize'].ticket)
  const since = [steps['vm.restore'].endedAt ?? '', outputOf(tools, 'vm.create').osDiskId]
  const isOfNow = ticket.begun !== undefined && ticket.begun.at > since[0]! && ticket.begun.disk === since[1]
  return isOfNow ? ticket : { ...(ticket.look ? { look: ticket.look } : {}) }
}

/** Throws AppError `vm.gone` {name}. */
async function viewOf(tools: Tools): Promise<VmView> {
  const { id, name } = outputOf(tools, 'vm.create')
  const view = await getVmView(await tools.cloud(), id, tools.signal)
  if (!view) throw new AppError('vm.gone', { name })
  return view
}

/** Everything that was found, by the control plane and in the VM. */
async function looked(tools: Tools, remote: Remote): Promise<VmCheckRow[]> {
  tools.progress({ done: 0, total: 0, unit: 'steps', wait: { key: 'generalizeLook', params: {} } })
  const listed = await listExtensions(await tools.cloud(), outputOf(tools, 'vm.create').id, tools.signal)
  const extensions = listed.map(({ publisher, type, name }) => (publisher && type ? `${publisher}.${type}` : name))
  const isLinux = remote.system === 'linux'
  const script = isLinux ? linuxFactsScript : windowsFactsScript
  const facts = factsFrom(await remote.script(script, { signal: tools.signal, asRoot: true }))
  return isLinux ? linuxRows(facts, remote.user, extensions) : windowsRows(facts, extensions)
}

function judged(tools: Tools, input: Form, rows: readonly VmCheckRow[]): Verdict<Output> {
  const { name, osType } = outputOf(tools, 'vm.create')
  // Nothing could do it then, whoever takes the risk.
  const hasNoAgent = osType === 'Linux' && rows.some(({ id, severity }) => id === 'vm.agent' && severity === 'block')
  if (hasNoAgent) return { is: 'blocked', error: new AppError('generalize.no-agent', { vm: name }).toData() }
  const blocks = openVmBlocks(rows, input.acceptedRisks)
  if (blocks.length === 0) return confirmed(tools, input)
  const checks = blocks.map(({ id }) => id).join(', ')
  return { is: 'blocked', error: new AppError('generalize.blocked', { n: blocks.length, checks }).toData() }
}

function confirmed(tools: Tools, input: Form): Verdict<Output> {
  const { name } = outputOf(tools, 'vm.create')
  return input.confirmed
    ? { is: 'todo' }
    : { is: 'blocked', error: new AppError('generalize.unconfirmed', { vm: name }).toData() }
}

async function begin(tools: Tools, input: Form, before: GeneralizeTicket): Promise<Output> {
  const remote = await connected(tools)
  const how = remote.system === 'linux' ? 'waagent' : 'sysprep'
  const { osDiskId: disk } = outputOf(tools, 'vm.create')
  const begun = { how, disk, at: tools.now().toISOString() } as const
  const { look } = before
  await tools.ticket({ ...(look ? { look } : {}), begun } satisfies GeneralizeTicket, 'now')
  try {
    const evidence = how === 'waagent' ? await deprovision(tools, remote) : await sysprep(tools, remote, input)
    return { evidence, isByHand: false }
  } catch (error) {
    await forgetWhereRefused(tools, error, look)
    throw error
  }
}

async function sysprep(tools: Tools, remote: Remote, { removeChannel }: Form): Promise<Evidence> {
  await startSysprep(tools, remote)
  return untilSysprepEnds(tools, removeChannel)
}

/** The tool itself said that it did not do it: then it may be begun again, once the cause is mended. */
async function forgetWhereRefused(tools: Tools, error: unknown, look: GeneralizeTicket['look']): Promise<void> {
  const codes: readonly string[] = ['generalize.deprovision-failed', 'generalize.sysprep-failed', 'generalize.appx']
  if (error instanceof AppError && codes.includes(error.code)) await tools.ticket({ ...(look ? { look } : {}) })
}

/** Begun earlier, and its end not seen: looks what came of it. */
async function wentOn(tools: Tools, input: Form, ticket: GeneralizeTicket): Promise<Output> {
  try {
    if (ticket.begun?.how === 'sysprep') {
      return { evidence: await untilSysprepEnds(tools, input.removeChannel), isByHand: false }
    }
    return { evidence: await afterDeprovision(tools), isByHand: false }
  } catch (error) {
    // Broken off between writing it down and doing it.
    if (error instanceof AppError && error.params['cause'] === 'notStarted') return begin(tools, input, ticket)
    await forgetWhereRefused(tools, error, ticket.look)
    throw error
  }
}

/** Whoever still gets in can simply do it again: it is the user that goes last. */
async function afterDeprovision(tools: Tools): Promise<Evidence> {
  let remote: Remote
  try {
    remote = await tools.sessions.connect(tools.run, tools.signal)
  } catch (error) {
    if (isShut(error)) return byConsole(tools)
    throw error
  }
  return deprovision(tools, remote)
}

/** Without a control channel only the power state speaks: Sysprep was to shut Windows down. Throws AppError `generalize.not-by-hand`. */
async function byHand(tools: Tools): Promise<Evidence> {
  const { power } = await viewOf(tools)
  const { name } = outputOf(tools, 'vm.create')
  if (power !== 'stopped' && power !== 'deallocated') throw new AppError('generalize.not-by-hand', { vm: name, power })
  return [{ id: 'power', detail: `PowerState/${power}` }]
}
