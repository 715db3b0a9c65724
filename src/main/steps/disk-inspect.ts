import path from 'node:path'
import { AppError } from '../../shared/errors'
import type { Inputs } from '../../shared/forms/forms'
import type { ChosenFile, Finding, InspectedDataDisk, Inspection, OutputOf, Severity } from '../../shared/outputs'
import { assertUnchanged } from './disk-choose'
import { outputOf, parseForm, type RunStep, type Tools } from './tools'

/** Judges the disk before a byte travels: what Azure would refuse hours later is refused now. */
export const diskInspect: RunStep<'disk.inspect'> = {
  id: 'disk.inspect',
  requires: ['disk.choose'],
  passesOn: ({ ms: _duration, ...rest }) => rest,
  parse: (input) => parseForm('disk.inspect', input),
  describe: () => ({ minutes: 1, cost: 'none', makes: [] }),
  check: async (tools, input) => ({ is: 'done', output: await judged(tools, input) }),
  run: judged,
}

async function judged(tools: Tools, input: Inputs['disk.inspect']): Promise<OutputOf<'disk.inspect'>> {
  const chosen = outputOf(tools, 'disk.choose')
  await assertUnchanged(chosen)
  const seen = await tools.inspect(chosen.file, tools.signal)
  assertNotBlocked(seen, chosen.file)
  const dataDisks = []
  for (const disk of chosen.dataDisks ?? []) dataDisks.push(await judgedData(tools, disk))
  return { ...withAnswers(seen, input), ...(dataDisks.length ? { dataDisks } : {}) }
}

/** A data disk need not start anything: only what its container tells counts. */
async function judgedData(tools: Tools, disk: ChosenFile & { lun: number }): Promise<InspectedDataDisk> {
  await assertUnchanged(disk)
  const seen = await tools.inspect(disk.file, tools.signal)
  const findings = seen.findings.filter(({ id }) => ofContainer.test(id))
  const verdict = seen.verdict === 'unreadable' ? seen.verdict : worst(findings)
  assertNotBlocked({ ...seen, verdict, findings }, disk.file)
  const { format, virtualSize, dataBytes, uploadBytes } = seen
  return { lun: disk.lun, file: disk.file, format, verdict, virtualSize, dataBytes, uploadBytes, findings }
}

const ofContainer = /^disk\.(?:format|empty|truncated|vhd|differencing|size)/

function worst(findings: readonly Finding[]): Severity {
  const severities: readonly Severity[] = ['block', 'warn', 'info']
  return severities.find((severity) => findings.some((one) => one.severity === severity)) ?? 'ok'
}

/** Throws what the first blocking finding stands for. */
function assertNotBlocked(seen: Inspection, file: string): void {
  const blocking = seen.findings.filter(({ severity }) => severity === 'block')
  const first = blocking[0]
  if (!first && seen.verdict !== 'unreadable') return
  const details = { message: blocking.map(({ message, remedy }) => `${message} ${remedy}`).join(' ') }
  throw new AppError(codeOf(first), paramsOf(seen, blocking, file), details)
}

function codeOf(first: Finding | undefined) {
  if (!first) return 'disk.format'
  if (first.id === 'disk.empty') return 'file.empty'
  if (first.id === 'disk.truncated') return 'disk.truncated'
  if (first.id.startsWith('disk.vhd.')) return 'disk.footer'
  if (first.id.startsWith('disk.size.')) return 'disk.size'
  if (first.id.startsWith('disk.format.') || first.id === 'disk.differencing') return 'disk.format'
  return 'disk.blocked'
}

function paramsOf(seen: Inspection, blocking: Finding[], file: string) {
  return {
    file: path.basename(file),
    format: seen.format,
    bytes: seen.virtualSize,
    findings: blocking.map(({ id }) => id).join(', '),
  }
}

/** What the disk does not tell is asked; what it tells clearly cannot be talked away. */
function withAnswers(seen: Inspection, input: Inputs['disk.inspect']): Inspection {
  // Generation 1 boots from an MBR only by BIOS: no answer makes such a disk boot by UEFI (Azure, "Prepare a Windows VHD").
  if (seen.partitionTable === 'mbr' && seen.generation === 'V1' && input.generation === 'V2') {
    throw new AppError('image.generation-mismatch', { found: 'V1', wanted: 'V2' })
  }
  const generation = input.generation ?? seen.generation
  // A system that was recognised by name is what it is; a partition's type alone is only a hint.
  const osType = seen.os?.id ? seen.os.type : (input.osType ?? seen.os?.type)
  const missing = [...(generation ? [] : ['generation']), ...(osType ? [] : ['osType'])]
  if (!generation || !osType) {
    throw new AppError('input.invalid', { step: 'disk.inspect', fields: missing.join(', ') })
  }
  const os = seen.os?.type === osType ? seen.os : { type: osType, id: null, versionId: null }
  return { ...seen, generation, os }
}
