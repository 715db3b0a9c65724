import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { utils } from 'ssh2'
import { listFolder } from '../../src/main/sessions/files-folder'
import { planDownload } from '../../src/main/sessions/files-plan'
import { openSftp } from '../../src/main/sessions/files-sftp'
import { createTransfers } from '../../src/main/sessions/files-transfers'
import type { Transfer } from '../../src/shared/files-calls'
import { connectHost, type ConnectedHost } from '../support/files-host'
import { entry, sameEverywhere, startChangedServer, startLyingServer, type LyingServer } from '../support/lying-server'
import { startSshd } from '../support/sshd'

const { STATUS_CODE } = utils.sftp
const file = 0o100644
const bytes = Buffer.from('evil')
let folder: string
let chosen: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'studio-hostile-'))
  chosen = join(folder, 'chosen')
  mkdirSync(chosen)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a server that lies about names', () => {
  const names = ['../up', '../../up2', '/etc/absolute', 'a/b', 'nul\0l', '..', 'good.txt', 'back\\slash', 'CON', 'dot.']

  it('gets nothing out of the chosen folder', async () => {
    const host = await connect(
      await startLyingServer((sftp) =>
        sameEverywhere(
          sftp,
          names.map((name) => entry(name, file)),
          bytes,
        ),
      ),
    )
    const done = await transferred(host, 'down', ['/home/tree'])
    expect(done.status).toBe('done')
    expect(done.notes.filter(({ kind }) => kind === 'refused').map(({ name }) => name)).toEqual([
      '../up',
      '../../up2',
      '/etc/absolute',
      'a/b',
      'nul\0l',
    ])
    expect(readdirSync(folder)).toEqual(['chosen'])
    expect(readdirSync(chosen)).toEqual(['tree'])
    expect(readdirSync(join(chosen, 'tree')).sort()).toEqual(['CON', 'back\\slash', 'dot.', 'good.txt'])
  })

  it('is not followed to another folder by a Windows computer', async () => {
    const host = await connect(
      await startLyingServer((sftp) =>
        sameEverywhere(
          sftp,
          names.map((name) => entry(name, file)),
          bytes,
        ),
      ),
    )
    const sftp = await openSftp(host, new AbortController().signal)
    const planned = await planDownload(sftp, ['/home/tree'], chosen, { existing: 'ask', rules: 'windows' })
    const { plan } = planned as Extract<typeof planned, { plan: unknown }>
    expect(plan.files.map(({ to }) => relative(chosen, to))).toEqual(
      ['good.txt', 'back_slash', '_CON', 'dot_'].map((name) => join('tree', name)),
    )
  })

  it('is shown without them, and they are counted', async () => {
    const host = await connect(
      await startLyingServer((sftp) =>
        sameEverywhere(
          sftp,
          names.map((name) => entry(name, file)),
          bytes,
        ),
      ),
    )
    const listing = await listFolder(await openSftp(host, new AbortController().signal), '/home')
    expect(listing.refused).toBe(5)
    expect(listing.entries.map(({ name }) => name)).toContain('good.txt')
    expect(listing.entries.map(({ name }) => name)).not.toContain('../up')
  })

  it('ends where its folders never do', async () => {
    const host = await connect(
      await startLyingServer((sftp) => sameEverywhere(sftp, [entry('deeper', 0o40755)], bytes)),
    )
    expect((await transferred(host, 'down', ['/home/deeper'])).error).toMatchObject({ code: 'files.too-deep' })
    expect(readdirSync(chosen)).toEqual([])
  })
})

describe('a server that lies about bytes', () => {
  it('is noticed when it sends fewer than it said', async () => {
    const host = await connect(
      await startLyingServer((sftp) => {
        sameEverywhere(sftp, [entry('short', file, 4000)], bytes)
        sftp.removeAllListeners('FSTAT')
        sftp.on('FSTAT', (id) => sftp.attrs(id, entry('', file, 4000).attrs))
      }),
    )
    expect((await transferred(host, 'down', ['/home/short'])).error).toMatchObject({
      code: 'files.changed',
      params: { name: 'short' },
    })
    expect(readdirSync(chosen)).not.toContain('short')
  })

  it('is no end of waiting when it never answers: a transfer can be cancelled at once', async () => {
    const host = await connect(
      await startLyingServer((sftp) => {
        sameEverywhere(sftp, [entry('silent', file)], bytes)
        sftp.removeAllListeners('READ')
      }),
    )
    const transfers = createTransfers({ host: () => Promise.resolve(host), now: Date.now })
    const id = transfers.add('s', 'down', ['/home/silent'], chosen)
    await until(transfers, ({ files }) => files.total === 1)
    transfers.cancel(id)
    expect((await until(transfers, ({ status }) => status === 'cancelled')).error).toMatchObject({ code: 'cancelled' })
  })

  it('that says no is named with what it said no to', async () => {
    const host = await connect(
      await startLyingServer((sftp) => {
        sameEverywhere(sftp, [entry('secret', file)], bytes)
        sftp.removeAllListeners('OPEN')
        sftp.on('OPEN', (id) => sftp.status(id, STATUS_CODE.PERMISSION_DENIED))
      }),
    )
    expect((await transferred(host, 'down', ['/home/secret'])).error).toMatchObject({
      code: 'files.denied',
      params: { name: 'secret' },
    })
  })
})

describe('a VM without room', () => {
  it('is told as full when its disk has no free blocks left', async () => {
    // SSH_FXP_WRITE is 6, SSH_FXP_STATUS 101 with code 4 for any failure; statvfs@openssh.com answers 11 numbers of 8 bytes, the fifth
    // being the free blocks for ordinary users (OpenSSH, PROTOCOL, section 4.4).
    let written = 0
    const server = await startChangedServer(({ type, asked, bytes: packet }) => {
      if (type === 101 && asked === 6 && ++written > 3) packet.writeUInt32BE(4, 9)
      if (type === 201 && asked === 200 && packet.length === 9 + 88) packet.writeBigUInt64BE(0n, 9 + 32)
      return packet
    })
    const host = await connect(server)
    writeFileSync(join(folder, 'image'), Buffer.alloc(2_000_000, 1))
    const failed = await transferred(host, 'up', [join(folder, 'image')])
    expect(failed.error).toMatchObject({ code: 'session.disk-full', params: { path: join(chosen, 'image') } })
    expect(readdirSync(chosen)).toEqual(['image.batch-studio-part'])
  })

  it('is asked again when only the user’s limit is reached, and what is there is gone on with', async () => {
    // In blocks of 512 bytes; whoever ignores the signal is told by the write instead.
    const limited = await startSshd({ before: "trap '' XFSZ; ulimit -f 512;" })
    onTestFinished(() => limited.close())
    const free = await startSshd()
    onTestFinished(() => free.close())
    let host = await connect(limited)
    const transfers = createTransfers({ host: () => Promise.resolve(host), now: Date.now })
    writeFileSync(join(folder, 'image'), Buffer.alloc(1_000_000, 1))
    const id = transfers.add('s', 'up', [join(folder, 'image')], chosen)
    expect((await until(transfers, isOver)).error).toMatchObject({
      code: 'files.refused',
      params: { name: 'image.batch-studio-part' },
    })
    expect(statSync(join(chosen, 'image.batch-studio-part')).size).toBe(512 * 512)
    host = await connect(free)
    transfers.resume(id)
    expect((await until(transfers, isOver)).status).toBe('done')
    expect(readFileSync(join(chosen, 'image')).equals(readFileSync(join(folder, 'image')))).toBe(true)
  })
})

async function connect(
  server: Pick<LyingServer, 'user' | 'key' | 'port'> & { close(): unknown },
): Promise<ConnectedHost> {
  const host = await connectHost(server, server.port)
  onTestFinished(async () => {
    host.close()
    await server.close()
  })
  return host
}

/** By a server without a shell. */
function transferred(host: ConnectedHost, direction: 'up' | 'down', paths: string[]): Promise<Transfer> {
  const without = { ...host, exec: () => Promise.resolve({ code: 1, stdout: '' }) }
  const transfers = createTransfers({ host: () => Promise.resolve(without), now: Date.now })
  transfers.add('s', direction, paths, chosen)
  return until(transfers, isOver)
}

function isOver({ status }: Transfer): boolean {
  return ['done', 'failed', 'cancelled'].includes(status)
}

function until(
  transfers: ReturnType<typeof createTransfers>,
  isMet: (transfer: Transfer) => boolean,
): Promise<Transfer> {
  return new Promise((resolve) => {
    const look = () => {
      const [own] = transfers.list('s')
      if (!isMet(own!)) return
      stop()
      resolve(own!)
    }
    const stop = transfers.subscribe('s', look)
    look()
  })
}
