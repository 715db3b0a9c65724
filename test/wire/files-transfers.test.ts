import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createTransfers, type Transfers } from '../../src/main/sessions/files-transfers'
import type { Transfer } from '../../src/shared/files-calls'
import { connectHost, startLine, type ConnectedHost } from '../support/files-host'
import { startSshd, type RealSshd } from '../support/sshd'

const mebibyte = 2 ** 20
const session = 's1'
let sshd: RealSshd
let line: Awaited<ReturnType<typeof startLine>>
let host: ConnectedHost
let transfers: Transfers
let folder: string
let here: string
let there: string

beforeAll(async () => {
  sshd = await startSshd()
  line = await startLine(sshd.port)
  await connect()
})
beforeEach(() => {
  transfers = createTransfers({ host: () => Promise.resolve(host), now: Date.now })
  folder = mkdtempSync(join(tmpdir(), 'studio-files-'))
  ;[here, there] = [join(folder, 'here'), join(folder, 'there')]
  for (const one of [here, there]) mkdirSync(one)
  return () => rmSync(folder, { recursive: true, force: true })
})
afterAll(async () => {
  host.close()
  line.close()
  await sshd.close()
})

describe('transfers with OpenSSH', () => {
  it('carry a folder with names of all kinds up and down again, with times and permissions', async () => {
    const tree = join(here, 'tree')
    const names = [
      'plain.txt',
      'with space',
      'Grüße.txt',
      '🚀 emoji',
      'line\nbreak',
      'quote\'s "both"',
      'back\\slash',
      '-rf',
      '$HOME `id`',
    ]
    mkdirSync(join(tree, ...Array.from({ length: 20 }, (_, at) => `level ${at}`)), { recursive: true })
    mkdirSync(join(tree, 'empty'))
    for (const name of names) writeFileSync(join(tree, name), randomBytes(1000))
    writeFileSync(join(tree, 'nothing'), '')
    writeFileSync(join(tree, ...Array.from({ length: 20 }, (_, at) => `level ${at}`), 'deep'), 'deep')
    writeFileSync(join(tree, 'run.sh'), '#!/bin/sh\n')
    chmodSync(join(tree, 'run.sh'), 0o755)
    utimesSync(join(tree, 'plain.txt'), 1_000_000_000, 1_000_000_000)

    const up = await ended(transfers.add(session, 'up', [tree], there))
    expect(up).toMatchObject({ status: 'done', isVerified: true, noteCount: 0, files: { done: 12, total: 12 } })
    expect(contentsOf(join(there, 'tree'))).toEqual(contentsOf(tree))
    expect(statSync(join(there, 'tree', 'run.sh')).mode & 0o777).toBe(0o755)
    expect(statSync(join(there, 'tree', 'plain.txt')).mtimeMs).toBe(1_000_000_000_000)

    const back = join(folder, 'back')
    mkdirSync(back)
    const down = await ended(transfers.add(session, 'down', [join(there, 'tree')], back))
    expect(down).toMatchObject({ status: 'done', isVerified: true, noteCount: 0 })
    expect(contentsOf(join(back, 'tree'))).toEqual(contentsOf(tree))
    expect(statSync(join(back, 'tree', 'run.sh')).mode & 0o777).toBe(0o755)
    expect(statSync(join(back, 'tree', 'plain.txt')).mtimeMs).toBe(1_000_000_000_000)
  })

  it('carry 100 MB and a thousand small files at once', async () => {
    writeFileSync(join(here, 'large'), randomBytes(100_000_000))
    const many = join(here, 'many')
    mkdirSync(many)
    for (let at = 0; at < 1000; at++) writeFileSync(join(many, `file ${at}`), `${at}`)
    const [large, small] = await Promise.all([
      ended(transfers.add(session, 'up', [join(here, 'large')], there)),
      ended(transfers.add(session, 'up', [many], there)),
    ])
    expect(large).toMatchObject({ status: 'done', isVerified: true, doneBytes: 100_000_000, totalBytes: 100_000_000 })
    expect(small).toMatchObject({ status: 'done', isVerified: true, files: { done: 1000, total: 1000 } })
    expect(hashOf(join(there, 'large'))).toBe(hashOf(join(here, 'large')))
    expect(contentsOf(join(there, 'many'))).toEqual(contentsOf(many))

    const back = join(folder, 'back')
    mkdirSync(back)
    const down = await ended(transfers.add(session, 'down', [join(there, 'large'), join(there, 'many')], back))
    expect(down).toMatchObject({ status: 'done', isVerified: true, name: 'large', items: 2 })
    expect(hashOf(join(back, 'large'))).toBe(hashOf(join(here, 'large')))
    expect(contentsOf(join(back, 'many'))).toEqual(contentsOf(many))
  }, 120_000)

  it.each(['up', 'down'] as const)('go on where the line broke, on the way %s', async (direction) => {
    const size = 24 * mebibyte
    const [from, to] = direction === 'up' ? [here, there] : [there, here]
    writeFileSync(join(from, 'image'), randomBytes(size))
    line.take()
    line.cutAfter({ [direction]: size / 2 })
    const broken = await ended(transfers.add(session, direction, [join(from, 'image')], to))
    expect(broken).toMatchObject({ status: 'failed', error: { code: 'files.lost' } })
    expect(existsSync(join(to, 'image'))).toBe(false)
    const [part] = readdirSync(to)
    const kept = statSync(join(to, part!)).size
    expect(kept).toBeGreaterThan(size / 3)

    await connect()
    transfers.resume(broken.id)
    expect(await ended(broken.id)).toMatchObject({ status: 'done', isVerified: true, doneBytes: size })
    expect(line.take()[direction]).toBeLessThan((size - kept) * 1.1)
    expect(readdirSync(to)).toEqual(['image'])
    expect(hashOf(join(to, 'image'))).toBe(hashOf(join(from, 'image')))
  })

  it.each(['up', 'down'] as const)('begin anew on the way %s when the beginning is another one', async (direction) => {
    const size = 8 * mebibyte
    const [from, to] = direction === 'up' ? [here, there] : [there, here]
    writeFileSync(join(from, 'image'), randomBytes(size))
    line.take()
    line.cutAfter({ [direction]: size / 2 })
    const broken = await ended(transfers.add(session, direction, [join(from, 'image')], to))
    expect(broken.status).toBe('failed')
    writeFileSync(join(from, 'image'), randomBytes(size))

    await connect()
    transfers.resume(broken.id)
    expect(await ended(broken.id)).toMatchObject({ status: 'done', isVerified: true })
    expect(line.take()[direction]).toBeGreaterThan(size)
    expect(hashOf(join(to, 'image'))).toBe(hashOf(join(from, 'image')))
  })

  it('know a beginning that is there from reading it back where the VM has no tool', async () => {
    const size = 4 * mebibyte
    const bytes = randomBytes(size)
    writeFileSync(join(here, 'image'), bytes)
    writeFileSync(join(there, 'image.batch-studio-part'), bytes.subarray(0, size / 2))
    transfers = withTools({ code: 127, stdout: 'This service allows sftp connections only.\n' })
    line.take()
    const up = await ended(transfers.add(session, 'up', [join(here, 'image')], there))
    expect(up).toMatchObject({ status: 'done', isVerified: false })
    expect(line.take().up).toBeLessThan(size * 0.6)
    expect(hashOf(join(there, 'image'))).toBe(hashOf(join(here, 'image')))
  })

  it('notice a copy that differs, remove it and leave what was there', async () => {
    writeFileSync(join(here, 'image'), 'new')
    writeFileSync(join(there, 'image'), 'old')
    transfers = withTools({ code: 0, stdout: `${'0'.repeat(64)}  -\n` })
    const id = transfers.add(session, 'up', [join(here, 'image')], there)
    await until(id, ({ status }) => status === 'asking')
    transfers.answer(id, 'replace')
    expect(await ended(id)).toMatchObject({ status: 'failed', error: { code: 'files.different' } })
    expect(readdirSync(there)).toEqual(['image'])
    expect(readFileSync(join(there, 'image'), 'utf8')).toBe('old')
  })

  it.each(['up', 'down'] as const)('ask on the way %s before something is replaced', async (direction) => {
    const [from, to] = direction === 'up' ? [here, there] : [there, here]
    writeFileSync(join(from, 'a.txt'), 'new')
    writeFileSync(join(to, 'a.txt'), 'old')
    const both = transfers.add(session, direction, [join(from, 'a.txt')], to)
    expect(await until(both, ({ status }) => status === 'asking')).toMatchObject({ exists: ['a.txt'] })
    transfers.answer(both, 'keepBoth')
    expect(await ended(both)).toMatchObject({ status: 'done', notes: [{ kind: 'renamed', as: 'a (2).txt' }] })
    expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('old')
    expect(readFileSync(join(to, 'a (2).txt'), 'utf8')).toBe('new')

    const replaced = transfers.add(session, direction, [join(from, 'a.txt')], to)
    await until(replaced, ({ status }) => status === 'asking')
    transfers.answer(replaced, 'replace')
    expect((await ended(replaced)).status).toBe('done')
    expect(readFileSync(join(to, 'a.txt'), 'utf8')).toBe('new')
  })

  it('leave nothing of a file when they are cancelled', async () => {
    writeFileSync(join(here, 'image'), randomBytes(16 * mebibyte))
    const id = transfers.add(session, 'up', [join(here, 'image')], there)
    await until(id, ({ doneBytes }) => doneBytes > mebibyte)
    transfers.cancel(id)
    expect(await ended(id)).toMatchObject({ status: 'cancelled', error: { code: 'cancelled' } })
    expect(readdirSync(there)).toEqual([])
    transfers.resume(id)
    expect((await ended(id)).status).toBe('done')
    expect(hashOf(join(there, 'image'))).toBe(hashOf(join(here, 'image')))
  })

  it.each(['up', 'down'] as const)('leave out links inside of folders on the way %s, and say so', async (direction) => {
    const [from, to] = direction === 'up' ? [here, there] : [there, here]
    mkdirSync(join(from, 'tree'))
    writeFileSync(join(from, 'tree', 'file'), 'x')
    symlinkSync('/etc/passwd', join(from, 'tree', 'link'))
    symlinkSync('.', join(from, 'tree', 'loop'))
    const done = await ended(transfers.add(session, direction, [join(from, 'tree')], to))
    expect(done.notes).toEqual([
      { kind: 'link', name: 'link' },
      { kind: 'link', name: 'loop' },
    ])
    expect(readdirSync(join(to, 'tree'))).toEqual(['file'])
  })

  it.each(['up', 'down'] as const)(
    'do not write through a link that lies in wait, on the way %s',
    async (direction) => {
      const [from, to] = direction === 'up' ? [here, there] : [there, here]
      const victim = join(folder, 'victim')
      writeFileSync(victim, 'precious')
      writeFileSync(join(from, 'image'), 'bytes')
      symlinkSync(victim, join(to, 'image.batch-studio-part'))
      expect((await ended(transfers.add(session, direction, [join(from, 'image')], to))).status).toBe('done')
      expect(readFileSync(victim, 'utf8')).toBe('precious')
      expect(lstatSync(join(to, 'image')).isFile()).toBe(true)
    },
  )

  it('do not follow a link of this computer out of the chosen folder', async () => {
    const outside = join(folder, 'outside')
    for (const one of [outside, join(there, 'tree'), join(there, 'tree', 'sub'), join(here, 'tree')]) mkdirSync(one)
    writeFileSync(join(there, 'tree', 'sub', 'file'), 'x')
    symlinkSync(outside, join(here, 'tree', 'sub'))
    const id = transfers.add(session, 'down', [join(there, 'tree')], here)
    await until(id, ({ status }) => status === 'asking')
    transfers.answer(id, 'replace')
    expect(await ended(id)).toMatchObject({
      status: 'failed',
      error: { code: 'files.in-the-way', params: { name: 'sub' } },
    })
    expect(readdirSync(outside)).toEqual([])
  })

  it('run two at a time, the others wait', async () => {
    const ids = [1, 2, 3].map((at) => {
      writeFileSync(join(here, `image ${at}`), randomBytes(mebibyte))
      return transfers.add(session, 'up', [join(here, `image ${at}`)], there)
    })
    expect(transfers.list(session).map(({ status }) => status)).toEqual(['running', 'running', 'waiting'])
    expect((await Promise.all(ids.map(ended))).map(({ status }) => status)).toEqual(['done', 'done', 'done'])
    transfers.clear(session)
    expect(transfers.list(session)).toEqual([])
  })

  it('tell what is not there any more by its name', async () => {
    const down = await ended(transfers.add(session, 'down', [join(there, 'gone')], here))
    expect(down.error).toMatchObject({ code: 'files.not-found', params: { name: 'gone' } })
    const up = await ended(transfers.add(session, 'up', [join(here, 'gone')], there))
    expect(up.error).toMatchObject({ code: 'file.not-found', params: { file: join(here, 'gone') } })
  })
})

/** A VM whose every command answers this. */
function withTools(answer: { code: number; stdout: string }): Transfers {
  return createTransfers({
    host: () => Promise.resolve({ ...host, exec: () => Promise.resolve(answer) }),
    now: Date.now,
  })
}

/** Once more, with nothing counted yet. */
async function connect() {
  line.cutAfter({})
  host = await connectHost(sshd, line.port)
  line.take()
}

function ended(id: string): Promise<Transfer> {
  return until(id, ({ status }) => ['done', 'failed', 'cancelled'].includes(status))
}

function until(id: string, isMet: (transfer: Transfer) => boolean): Promise<Transfer> {
  return new Promise((resolve) => {
    const look = () => {
      const own = transfers.list(session).find((transfer) => transfer.id === id)!
      if (!isMet(own)) return
      stop()
      resolve(own)
    }
    const stop = transfers.subscribe(session, look)
    look()
  })
}

/** Every path below a folder with the hash of its bytes; of a folder null. */
function contentsOf(root: string): Record<string, string | null> {
  const paths = (readdirSync(root, { recursive: true }) as string[]).sort()
  return Object.fromEntries(
    paths.map((path) => [path, statSync(join(root, path)).isDirectory() ? null : hashOf(join(root, path))]),
  )
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex')
}
