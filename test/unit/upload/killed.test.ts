import { randomBytes } from 'node:crypto'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { command, start, type Ended } from '../../support/command'
import { fixedVhd, mebibyte, patch, sha256, sparseFile } from '../../support/disks'
import { startSink, type Sink } from '../../support/sink'

const connections = 4
let folder: string
let sink: Sink
let file: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'bis-killed-'))
  sink = await startSink({ store: true })
  const raw = await sparseFile(path.join(folder, 'disk.raw'), 256 * mebibyte)
  await patch(raw, 3 * mebibyte, randomBytes(160 * mebibyte))
  await patch(raw, 200 * mebibyte, randomBytes(8192))
  file = await fixedVhd(raw, path.join(folder, 'disk.vhd'))
}, 60_000)
afterAll(async () => {
  await sink.close()
  await rm(folder, { recursive: true })
})

function upload(blob: string, state: string, of = file): [string[], Record<string, string>] {
  const given = ['upload', of, 'env:TARGET', '--connections', String(connections), '--state', state, '--json']
  return [given, { TARGET: sink.url(blob) }]
}

function resultOf({ code, stdout, stderr }: Ended): Record<string, number> {
  expect(code, stderr).toBe(0)
  return JSON.parse(stdout) as Record<string, number>
}

/** Kills the command from outside when so many more bytes have been acknowledged; its own upload process must not survive it. */
async function killedAfter(bytes: number, [args, env]: [string[], Record<string, string>]): Promise<number> {
  await sink.reset()
  const running = start(args, env)
  await sink.acknowledged(bytes)
  running.child.kill('SIGKILL')
  await running.ended
  return (await sink.stats()).acknowledgedBytes
}

test('killed in a loop, it sends no acknowledged byte twice beyond a chunk per connection and kill', async () => {
  const call = upload('loop.vhd', path.join(folder, 'loop'))
  const kills = 5
  for (let kill = 0; kill < kills; kill++) await killedAfter(20 * mebibyte, call)
  await sink.reset()
  const last = resultOf(await command(...call))
  const { creations, repeatedBytes } = await sink.stats()
  expect(creations).toBe(0)
  expect(repeatedBytes).toBeLessThanOrEqual(connections * 4 * mebibyte)
  expect(last['presentBytes']).toBeGreaterThan(kills * 15 * mebibyte)
  expect(last['presentBytes']! + last['sentBytes']!).toBe(160 * mebibyte + 8192 + 512)
  expect(await sha256((await sink.blob('loop.vhd'))!.file!)).toBe(await sha256(file))

  await sink.reset()
  expect(resultOf(await command(...call))['sentBytes']).toBe(0)
  expect((await sink.stats()).acknowledgedBytes).toBe(0)
}, 120_000)

test('from another folder and without its journal it goes on from what the blob tells', async () => {
  await killedAfter(60 * mebibyte, upload('moved.vhd', path.join(folder, 'first')))
  const moved = path.join(await mkdtemp(path.join(folder, 'elsewhere-')), 'renamed.vhd')
  await rename(file, moved)
  await sink.reset()
  const result = resultOf(await command(...upload('moved.vhd', path.join(folder, 'second'), moved)))
  const { creations, repeatedBytes } = await sink.stats()
  await rename(moved, file)
  expect(creations).toBe(0)
  expect(repeatedBytes).toBe(0)
  expect(result['presentBytes']).toBeGreaterThanOrEqual(60 * mebibyte)
  expect(await sha256((await sink.blob('moved.vhd'))!.file!)).toBe(await sha256(file))
}, 60_000)
