import { readFile } from 'node:fs/promises'
import { arch, cpus, homedir, hostname, release, totalmem, userInfo } from 'node:os'
import { join } from 'node:path'
import { AppError } from '../shared/errors'
import type { RunSummary } from '../shared/run'
import { defaultNetwork } from '../shared/settings'
import { journalName } from './engine/summary'
import type { LogFile } from './log'
import type { Network } from './net/network'
import { describeCertificate } from './net/trust'
import { withoutPrivate, type Here } from './placeholders'
import type { Settings } from './settings'

export type BundleParts = {
  version: string
  at: Date
  language: string
  hasKeyring: boolean
  settings: Settings
  network: Network
  log: LogFile
  runsFolder: string
  /** The runs whose journals go with it. */
  runs: RunSummary[]
}

const logLines = 400
const journalLimit = 400_000

/** What somebody who helps needs to know, as one readable text: nothing secret in it, nobody named. */
export async function supportBundle(parts: BundleParts, here: Here = thisComputer()): Promise<string> {
  const sections = [
    ['Program and computer', pretty(machine(parts))],
    ['Settings', pretty(settingsOf(parts.settings, parts.at))],
    ['Network', pretty(networkOf(parts.network))],
    ['Log, newest first', parts.log.lines('info', logLines).map(lineOf).join('\n') || '-'],
    ...(await Promise.all(parts.runs.map((run) => runSection(run, parts.runsFolder)))),
  ]
  const text = sections.map(([title, body]) => `== ${title} ==\n${body}\n`).join('\n')
  return withoutPrivate(`Batch Image Studio, support bundle\n\n${text}`, here)
}

function thisComputer(): Here {
  return { home: homedir(), user: userName(), computer: hostname() }
}

/** Throws in a container whose user has no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return ''
  }
}

function machine({ version, at, language, hasKeyring }: BundleParts) {
  const { electron = null, chrome = null, node } = process.versions
  return {
    at: at.toISOString(),
    version,
    electron,
    chrome,
    node,
    platform: `${process.platform} ${release()} ${arch()}`,
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    language,
    hasKeyring,
  }
}

function settingsOf({ network = defaultNetwork, ...rest }: Settings, now: Date) {
  const { authorities, url, user, bypass, ...plain } = network
  return {
    ...rest,
    network: {
      ...plain,
      hasUrl: url !== '',
      isSecureProxy: url.startsWith('https:'),
      hasUser: user !== '',
      hasBypass: bypass !== '',
      authorities: authorities.map((pem) => {
        const facts = describeCertificate(pem, now)
        return facts && { validTo: facts.validTo, isExpired: facts.isExpired }
      }),
    },
  }
}

function networkOf(network: Network) {
  const { from, authorities } = network.system()
  const named = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']
  const variables = named.filter((name) => process.env[name] ?? process.env[name.toLowerCase()])
  return { variables, systemTrust: { from, beyondBuiltIn: authorities.length } }
}

async function runSection(run: RunSummary, folder: string): Promise<[string, string]> {
  const { id, status, step, done, total, createdAt, updatedAt } = run
  // Not the name: people write customers and projects into it.
  const facts = { recipe: run.recipe, status, step, done, total, createdAt, updatedAt }
  return [`Run ${id}`, `${pretty(facts)}\n${await journalText(join(folder, id, journalName))}`]
}

async function journalText(file: string): Promise<string> {
  try {
    const text = await readFile(file, 'utf8')
    return text.split('\n').map(withoutRunName).join('\n').slice(-journalLimit)
  } catch (error) {
    throw new AppError('file.unreadable', { file: journalName }, { message: String((error as Error).message) })
  }
}

/** These facts hold no other names than those of runs: its own, and that of the run it was copied from. */
function withoutRunName(line: string): string {
  const isNamed = /"kind":"(?:run|renamed)"/.test(line)
  return isNamed ? line.replace(/("name":")(?:[^"\\]|\\.)*/g, '$1run') : line
}

function lineOf({ at, level, text }: { at: string; level: string; text: string }): string {
  return `${at} ${level.padEnd(5)} ${text}`
}

function pretty(value: unknown): string {
  return JSON.stringify(value, null, 2)
}
