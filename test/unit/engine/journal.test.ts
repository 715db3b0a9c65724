import { execFileSync } from 'node:child_process'
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writing } from '../../../src/main/engine/files'
import { createJournal, openJournal, readJournal } from '../../../src/main/engine/journal'
import type { Fact } from '../../../src/shared/run'
import { bundle } from '../../support/bundle'
import { smallEngine } from '../../support/small-recipe'

let folder: string
let file: string
const now = () => new Date('2026-01-02T03:04:05.678Z')
const first: Fact = { kind: 'run', id: 'r', recipe: 'from-disk', name: 'one', app: '0.0.0' }

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'journal-'))
  file = path.join(folder, 'journal.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function written(...names: string[]): Promise<string[]> {
  const journal = await createJournal(file, first, now)
  for (const name of names) await journal.append({ kind: 'renamed', name })
  await journal.close()
  return lines()
}

function lines(): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean)
}

function sealedLine(entry: object): string {
  const body = JSON.stringify(entry)
  return `${body.slice(0, -1)},"crc":"${crc32(body).toString(16).padStart(8, '0')}"}\n`
}

test('a line carries version, number, time, fact and a CRC-32 of the rest', async () => {
  const [line] = await written()
  const body =
    '{"v":1,"seq":1,"at":"2026-01-02T03:04:05.678Z","kind":"run","id":"r","recipe":"from-disk","name":"one","app":"0.0.0"}'
  // From Python: '%08x' % zlib.crc32(body.encode())
  expect(line).toBe(`${body.slice(0, -1)},"crc":"d41df212"}`)
})

test('entries are numbered without gaps across openings', async () => {
  await written('two')
  const { journal } = await openJournal(file, now)
  await journal.append({ kind: 'renamed', name: 'three' })
  await journal.close()
  const { entries, end } = await readJournal(file)
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(end).toBe('whole')
})

test('facts appended at the same time are written one after the other', async () => {
  const journal = await createJournal(file, first, now)
  const names = Array.from({ length: 20 }, (_none, index) => `name ${index}`)
  await Promise.all(names.map((name) => journal.append({ kind: 'renamed', name })))
  await journal.close()
  const { entries } = await readJournal(file)
  expect(entries.slice(1)).toMatchObject(names.map((name, index) => ({ seq: index + 2, name })))
})

test('a torn last line is cut off on opening and the next fact follows the last good one', async () => {
  const [, , last] = await written('two', 'three')
  for (let length = 1; length <= last!.length; length += 7) {
    const good = lines().slice(0, 2).join('\n') + '\n'
    writeFileSync(file, good + last!.slice(0, length))
    const { journal, text } = await openJournal(file, now)
    await journal.append({ kind: 'renamed', name: 'again' })
    await journal.close()
    expect(text.entries).toHaveLength(2)
    expect((await readJournal(file)).entries.map((entry) => ('name' in entry ? entry.name : ''))).toEqual([
      'one',
      'two',
      'again',
    ])
  }
})

test.each([
  ['a flipped bit', (line: string) => line.replace('two', 'tvo')],
  ['a line of zeros', (line: string) => '\0'.repeat(line.length)],
  ['two lines glued together', (line: string) => line.slice(0, 40) + line],
  ['a missing line', () => null],
])(
  'damage in the middle (%s) is told, what is before it can be read, the file stays as it is',
  async (_name, damage) => {
    const [one, two, three] = await written('two', 'three')
    const damaged = [one!, damage(two!), three!].filter((line) => line !== null).join('\n') + '\n'
    writeFileSync(file, damaged)
    const text = await readJournal(file)
    expect(text.end).toBe('damaged')
    expect(text.entries).toMatchObject([{ kind: 'run' }])
    await expect(openJournal(file, now)).rejects.toMatchObject({ code: 'journal.damaged' })
    expect(readFileSync(file, 'utf8')).toBe(damaged)
  },
)

test('a damaged run shows what is before the damage; the first write keeps the file aside and says so, the next goes on', async () => {
  const { engine } = smallEngine(folder)
  const run = await engine.create({ recipe: 'from-disk', name: 'before', cloud: 'practice' })
  await engine.rename(run, 'lost')
  await engine.rename(run, 'after')
  await engine.close()
  const journal = path.join(folder, 'runs', run, 'journal.jsonl')
  const damaged = readFileSync(journal, 'utf8').replace('"lost"', '"lots"')
  writeFileSync(journal, damaged)

  const next = smallEngine(folder).engine
  expect((await next.open(run)).state.steps['connect.cloud'].input).toEqual({ cloud: 'practice' })
  expect(await next.list()).toMatchObject([{ id: run, name: 'before', status: 'damaged' }])
  const refusal = await next.continue(run).catch((error: unknown) => error)
  expect(refusal).toMatchObject({ code: 'journal.damaged' })
  const [kept] = readdirSync(path.dirname(journal)).filter((name) => name.startsWith('journal.damaged-'))
  expect(refusal).toMatchObject({ params: { file: kept } })
  expect(readFileSync(path.join(path.dirname(journal), kept!), 'utf8')).toBe(damaged)
  expect(await (await next.continue(run)).ended).toEqual({ is: 'finished', step: null })
  await next.close()
})

test.each([
  ['a higher version', { v: 2, seq: 3, at: '2027-01-01T00:00:00Z', kind: 'renamed', name: 'x' }],
  ['a kind of fact that we do not know', { v: 1, seq: 3, at: '2027-01-01T00:00:00Z', kind: 'blessed', by: 'x' }],
  [
    'a step that we do not know',
    { v: 1, seq: 3, at: '2027-01-01T00:00:00Z', kind: 'started', step: 'a.b', attempt: 1 },
  ],
])('a journal of a newer app (%s) is shown and never touched', async (_name, entry) => {
  const { engine } = smallEngine(folder)
  const run = await engine.create({ recipe: 'from-disk', name: 'one', cloud: 'practice' })
  await engine.close()
  const runFolder = path.join(folder, 'runs', run)
  appendFileSync(path.join(runFolder, 'journal.jsonl'), `${sealedLine(entry)}{"v":2,"torn`)
  const before = snapshotOf(runFolder)

  const next = smallEngine(folder).engine
  expect(await next.list()).toMatchObject([{ id: run, status: 'newer' }])
  expect((await next.open(run)).state.steps['connect.cloud'].input).toEqual({ cloud: 'practice' })
  await expect(next.perform(run, 'connect.cloud')).rejects.toMatchObject({ code: 'run.newer' })
  await expect(next.rename(run, 'two')).rejects.toMatchObject({ code: 'run.newer' })
  await expect(next.setInput(run, 'disk.upload', { name: 'x' })).rejects.toMatchObject({ code: 'run.newer' })
  await expect(next.remove(run)).rejects.toMatchObject({ code: 'run.newer' })
  await next.flush()
  await next.close()
  expect(snapshotOf(runFolder)).toEqual(before)
})

test('a newer form of line without our seal is recognised by its version', async () => {
  await written()
  appendFileSync(file, '{"v":7,"other":"form"}\n')
  expect((await readJournal(file)).end).toBe('newer')
})

function snapshotOf(of: string): [string, string][] {
  return readdirSync(of)
    .sort()
    .map((name) => [name, readFileSync(path.join(of, name), 'utf8')])
}

// Windows has no such limit for one process.
test.runIf(process.platform !== 'win32')(
  'on a full disk the fact is refused, the journal stays whole, and it goes on once there is room',
  async () => {
    const child = await bundle('test/support/full-disk-child.ts', folder)
    // The limit of a process on the size of its files stands for the disk: 2 blocks of 1024 bytes; a write is then cut short.
    const script = `ulimit -f 2 && exec "${process.execPath}" "${child}" "${file}"`
    const seen = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n')
    expect(seen.at(-2)).toBe('disk-full')
    expect(seen.at(-1)).toBe('disk-full')
    const accepted = seen.length - 2
    expect(accepted).toBeGreaterThan(5)
    const text = await readJournal(file)
    expect(text.end).toBe('whole')
    expect(text.entries).toHaveLength(accepted)
    const { journal } = await openJournal(file, now)
    await journal.append({ kind: 'renamed', name: 'room again' })
    await journal.close()
    expect((await readJournal(file)).entries).toHaveLength(accepted + 1)
  },
)

// On Windows a folder's own attributes do not forbid writing into it.
test.runIf(process.platform !== 'win32')(
  'a folder that may no longer be written to is named by lock, journal and other files alike',
  async () => {
    await written('two')
    const child = await bundle('test/support/protected-folder-child.ts', folder)
    chmodSync(file, 0o444)
    chmodSync(folder, 0o555)
    // Root may write everywhere, so then somebody else tries: the system's highest 16-bit id, "nobody" or free.
    const user = process.geteuid?.() === 0 ? { uid: 65_534 } : {}
    const seen = execFileSync(process.execPath, [child, folder], { encoding: 'utf8', ...user })
      .trim()
      .split('\n')
    chmodSync(folder, 0o755)
    const refused = { code: 'state.unwritable', params: { folder } }
    expect(seen.map((line) => JSON.parse(line) as unknown)).toEqual([refused, refused, refused])
  },
)

test.each(['EACCES', 'EPERM', 'EROFS'])('%s in the middle of work is told with the folder', async (code) => {
  const cause = Object.assign(new Error(`${code}: write`), { code })
  await expect(writing(folder, () => Promise.reject(cause))).rejects.toMatchObject({
    code: 'state.unwritable',
    params: { folder },
    cause,
  })
})
