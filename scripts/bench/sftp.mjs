import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { say, sentence, Stop } from '../setup/say.mjs'
import { figure, median, row } from './numbers.mjs'
import { sessionParts } from './session-parts.mjs'

const mebibyte = 2 ** 20
const smallFiles = 1000
const smallBytes = 4096
/** So that the usual three rounds give a median of more than five. */
const timesARound = 2

/**
 * Copying files over SFTP beside OpenSSH's `sftp`, by turns, with OpenSSH's own server on loopback. Both times hold the connecting.
 * Ours ends with the proof by SHA-256 at both ends, which `sftp` does not do; the time without it is measured as well.
 */
export async function createSftp(given) {
  const { sshd, sessions, createTransfers, work } = await sessionParts(given)
  const { isQuick } = given
  const sizeMiB = isQuick ? 32 : 256
  const sources = prepare(work, sizeMiB * mebibyte)
  const measured = new Map()
  const troubles = new Map()

  const jobs = [
    { name: 'large file up', direction: 'up', what: 'large', bytes: sizeMiB * mebibyte },
    { name: 'large file down', direction: 'down', what: 'large', bytes: sizeMiB * mebibyte },
    { name: `${smallFiles} small files up`, direction: 'up', what: 'many', bytes: smallFiles * smallBytes },
    { name: `${smallFiles} small files down`, direction: 'down', what: 'many', bytes: smallFiles * smallBytes },
  ]

  async function ours(job, target) {
    const begun = performance.now()
    const session = await sessions.open({ kind: 'run', run: 'bench' })
    const transfers = createTransfers({
      host: (_session, signal) => sessions.fileHost(session, signal),
      now: () => performance.now(),
    })
    let copyS = null
    const ended = await new Promise((resolve) => {
      transfers.subscribe('bench', () => {
        const [transfer] = transfers.list('bench')
        if (transfer.doneBytes === job.bytes) copyS ??= (performance.now() - begun) / 1000
        if (['done', 'failed'].includes(transfer.status)) resolve(transfer)
      })
      transfers.add('bench', job.direction, [sources[job.what]], target)
    })
    const wallS = (performance.now() - begun) / 1000
    sessions.close(session)
    if (!ended.isVerified) throw new Stop(`not copied: ${JSON.stringify(ended.error)}`)
    return { wallS, copyS }
  }

  async function theirs({ direction, what }, target) {
    const batch = join(work, 'batch')
    writeFileSync(batch, `${direction === 'up' ? 'put' : 'get'} -r ${sources[what]} ${target}/${what}\n`)
    const begun = performance.now()
    const to = [...sshd.clientOptions, '-P', String(sshd.port), '-b', batch, `${sshd.user}@127.0.0.1`]
    const { code, output } = await runCommand('sftp', to)
    if (code !== 0) throw new Stop(`sftp: ${output.trim().slice(-500)}`)
    return { wallS: (performance.now() - begun) / 1000 }
  }

  return {
    async round() {
      for (const job of Array.from({ length: isQuick ? 1 : timesARound }, () => jobs).flat()) {
        for (const [who, copy] of Object.entries({ ours, sftp: theirs })) {
          const target = mkdtempSync(join(work, 'target-'))
          say(`  ${job.name}: ${who}`)
          try {
            const found = await copy(job, target)
            measured.set(`${job.name}: ${who}`, [...(measured.get(`${job.name}: ${who}`) ?? []), found])
          } catch (error) {
            troubles.set(`${job.name}: ${who}`, sentence(error))
          }
          rmSync(target, { recursive: true, force: true })
        }
      }
    },
    tables: () => [{ title: "Files over SFTP beside OpenSSH's sftp", ...sftpTable(jobs, measured) }],
    rows: () => jobs.flatMap((job) => sftpRows(job, measured)),
    troubles: () => troubles,
    measured: () => Object.fromEntries(measured),
  }
}

/** Of both, round by round: what came before or after on the machine counts for neither. */
function sftpRows({ name }, measured) {
  const [mine, peer] = ['ours', 'sftp'].map((who) => measured.get(`${name}: ${who}`) ?? [])
  const pairs = mine.slice(0, peer.length).map((one, at) => [one, peer[at]])
  if (pairs.length === 0) return []
  const ratios = (secondsOf) => pairs.map(([one, other]) => other.wallS / secondsOf(one))
  return [
    row(
      `SFTP, ${name}: rate, to sftp`,
      ratios(({ copyS }) => copyS),
      'x',
      { least: 0.8, note: 'round by round' },
    ),
    row(
      `SFTP, ${name}: the same with the proof`,
      ratios(({ wallS }) => wallS),
      'x',
      { note: 'SHA-256 at both ends' },
    ),
  ]
}

function sftpTable(jobs, measured) {
  const head = ['', 'copied s', 'proved s', 'sftp s', 'copied MiB/s', 'sftp MiB/s', 'runs']
  const lines = jobs.flatMap(({ name, bytes }) => {
    const [mine, peer] = ['ours', 'sftp'].map((who) => measured.get(`${name}: ${who}`) ?? [])
    if (mine.length === 0 || peer.length === 0) return []
    const [copied, proved] = [median(mine.map(({ copyS }) => copyS)), median(mine.map(({ wallS }) => wallS))]
    const other = median(peer.map(({ wallS }) => wallS))
    const rate = (seconds) => figure(bytes / mebibyte / seconds)
    return [[name, figure(copied), figure(proved), figure(other), rate(copied), rate(other), String(mine.length)]]
  })
  return { head, lines }
}

function prepare(work, bytes) {
  const sources = { large: join(work, 'large'), many: join(work, 'many') }
  writeFileSync(sources.large, randomBytes(bytes))
  mkdirSync(sources.many)
  for (let at = 0; at < smallFiles; at++) writeFileSync(join(sources.many, `file ${at}`), randomBytes(smallBytes))
  return sources
}
