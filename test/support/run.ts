import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { statsOf, type Stats } from './command'
import { noise, systemDisk } from './disks'

export const examples = { 'from-disk': 'examples/from-disk.yaml', 'from-vm': 'examples/from-vm.yaml' } as const
export const example = examples['from-disk']

/** A folder that goes when the test ends. */
export async function newState(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'studio-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  return folder
}

/** A whole Linux system disk of a few hundred KB of data. */
export function smallDisk(): Promise<string> {
  return systemDisk({ sizeMiB: 64, systemMiB: 0 })
}

/** The same with 40 MiB of data that no one can guess, so that an upload takes a while. */
export function fullDisk(): Promise<string> {
  return systemDisk({ sizeMiB: 96, systemMiB: 0, files: { 'srv/data.bin': noise(40) } })
}

export function runArguments(state: string, disk: string, ...more: string[]): string[] {
  const cloud = ['--cloud', 'practice', '--state', state, '--set', `disk.choose.file=${disk}`]
  return ['run', example, ...cloud, ...more]
}

/** Kinds of things that one run of the example makes, and what stands in a fresh practice cloud. */
export const madeByRun = {
  'Microsoft.Resources/resourceGroups': 1,
  'Microsoft.Batch/batchAccounts': 1,
  'Microsoft.Batch/batchAccounts/pools': 1,
  'Microsoft.Compute/galleries': 1,
  'Microsoft.Compute/galleries/images': 1,
  'Microsoft.Compute/galleries/images/versions': 1,
}

/** What a cloud holds besides what it was seeded with, by kind. */
export async function madeIn(state: string): Promise<{ stats: Stats; made: Record<string, number> }> {
  const stats = await statsOf(state)
  return { stats, made: madeOf(stats) }
}

export function madeOf(stats: Stats): Record<string, number> {
  const own = stats.resources.filter((id) => !/\/resourceGroups\/practice-shared(\/|$)/i.test(id))
  const made: Record<string, number> = {}
  for (const id of own) made[kindOf(id)] = (made[kindOf(id)] ?? 0) + 1
  return made
}

function kindOf(id: string): string {
  const [, provider = 'Microsoft.Resources/resourceGroups'] = id.split('/providers/')
  const [namespace, ...rest] = provider.split('/')
  return [namespace, ...rest.filter((_part, at) => at % 2 === 0)].join('/')
}
