import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A number becomes REG_DWORD, a text REG_SZ, texts REG_MULTI_SZ, bytes REG_BINARY. */
export type RegistryValue = number | string | string[] | Buffer | { type: number; bytes: Buffer }

/** Values by name ('' is the key's own one), by path of the key with `\` between names. */
export type RegistryKeys = Record<string, Record<string, RegistryValue>>

/** Writes a file of the registry with the given keys in it: an empty one made here, filled by hivexregedit. */
export async function makeHive(file: string, keys: RegistryKeys): Promise<string> {
  await writeFile(file, emptyHive())
  await writeFile(`${file}.reg`, registryText(keys))
  await run('hivexregedit', ['--merge', file, `${file}.reg`])
  await rm(`${file}.reg`)
  return file
}

/** What hivexregedit reads in a file of the registry: `type:bytes in hex` by path of the key and name of the value. */
export async function exportedHive(file: string): Promise<Record<string, Record<string, string>>> {
  const { stdout } = await run('hivexregedit', ['--export', file, '\\'], { maxBuffer: 2 ** 28 })
  const keys: Record<string, Record<string, string>> = {}
  let values: Record<string, string> = {}
  for (const line of stdout.split('\n')) {
    const [, key] = /^\[\\(.*)\]$/.exec(line) ?? []
    if (key !== undefined) keys[key] = values = {}
    const [, quoted, kind, data] = /^(@|".*")=(dword|hex\(\w+\)):(.*)$/.exec(line) ?? []
    if (quoted && kind) values[quoted === '@' ? '' : quoted.slice(1, -1)] = typed(kind, data ?? '')
  }
  return keys
}

/** An empty registry file of 8 KiB: base block, one bin with the root key and its security, the rest of it free. */
export function emptyHive(): Buffer {
  const hive = Buffer.alloc(8192)
  hive.write('regf')
  // Sequence numbers, version 1.5, root cell, length of the bins, clustering factor.
  for (const [at, value] of [
    [4, 1],
    [8, 1],
    [20, 1],
    [24, 5],
    [32, 1],
    [36, 0x20],
    [40, 4096],
    [44, 1],
  ]) {
    hive.writeUInt32LE(value!, at!)
  }
  sealHive(hive)
  const bin = hive.subarray(4096)
  bin.write('hbin')
  bin.writeUInt32LE(4096, 8)
  bin.writeInt32LE(-0x58, 0x20)
  const root = bin.subarray(0x24)
  root.write('nk')
  root.writeUInt16LE(0x2c, 2)
  for (const at of [28, 32, 40, 48]) root.writeUInt32LE(0xffffffff, at)
  root.writeUInt32LE(0x78, 44)
  root.writeUInt16LE(4, 72)
  root.write('ROOT', 76)
  bin.writeInt32LE(-0x30, 0x78)
  const security = bin.subarray(0x7c)
  security.write('sk')
  for (const [at, value] of [
    [4, 0x78],
    [8, 0x78],
    [12, 1],
    [16, 20],
  ])
    security.writeUInt32LE(value!, at!)
  security.writeUInt16LE(1, 20)
  security.writeUInt16LE(0x8000, 22)
  bin.writeInt32LE(4096 - 0xa8, 0xa8)
  return hive
}

/** Writes the checksum that belongs to the base block. */
export function sealHive(hive: Buffer): Buffer {
  let sum = 0
  for (let at = 0; at < 508; at += 4) sum ^= hive.readInt32LE(at)
  hive.writeInt32LE(sum, 508)
  return hive
}

function registryText(keys: RegistryKeys): string {
  const all: RegistryKeys = {}
  for (const [path, values] of Object.entries(keys)) {
    const names = path.split('\\')
    // hivexregedit makes a key only where its parent is.
    for (let depth = 1; depth < names.length; depth++) all[names.slice(0, depth).join('\\')] ??= {}
    all[path] = { ...all[path], ...values }
  }
  const sections = Object.entries(all).map(([path, values]) => [
    path === '' ? '[\\]' : `[\\${path}]`,
    ...Object.entries(values).map(([name, value]) => `${name === '' ? '@' : quoted(name)}=${valueText(value)}`),
    '',
  ])
  return ['Windows Registry Editor Version 5.00', '', ...sections.flat()].join('\n')
}

function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function valueText(value: RegistryValue): string {
  if (typeof value === 'number') return `dword:${value.toString(16).padStart(8, '0')}`
  if (typeof value === 'string') return hexText(1, Buffer.from(`${value}\0`, 'utf16le'))
  if (Array.isArray(value)) return hexText(7, Buffer.from([...value, '', ''].join('\0'), 'utf16le'))
  return Buffer.isBuffer(value) ? hexText(3, value) : hexText(value.type, value.bytes)
}

function hexText(type: number, bytes: Buffer): string {
  return `hex(${type.toString(16)}):${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`
}

function typed(kind: string, data: string): string {
  if (kind === 'dword') return `4:${Buffer.from(data, 'hex').reverse().toString('hex')}`
  return `${parseInt(kind.slice(4, -1), 16)}:${data.replaceAll(',', '')}`
}
