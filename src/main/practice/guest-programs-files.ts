import { randomFillSync } from 'node:crypto'
import type { Call, Program } from './guest-process'
import { GuestError } from './guest-tree'

/** What works on files and endless devices beside what the interpreter brings along. */
export const filePrograms: Record<string, Program> = {
  ls,
  chown,
  chgrp: (call) =>
    chown({
      ...call,
      args: call.args.map((arg, at) => (at === call.args.findIndex((one) => !one.startsWith('-')) ? `:${arg}` : arg)),
    }),
  yes,
  seq,
  dd,
  mktemp,
  truncate,
  fallocate,
  install,
  realpath: async ({ args, files, cwd, out }) => {
    for (const arg of args.filter((one) => !one.startsWith('-'))) {
      const path = files.resolvePath(cwd, arg)
      await out(`${await files.realpath(path).catch(() => path)}\n`)
    }
    return 0
  },
}

/** Programs that run in the place of the interpreter's when an endless device is read. */
export const devicePrograms: Record<string, Program> = { _flood: flood, _flood_head: headDevice }

/** The interpreter shows one owner for all files; here the real one. */
async function ls(call: Call): Promise<number> {
  const { args, files, cwd, system } = call
  const isLong = args.some((arg) => /^-\w*[lgno]/.test(arg))
  if (!isLong) return call.original(args)
  const shown: Buffer[] = []
  const code = await call.capture(args, shown)
  let folder = args.find((arg) => !arg.startsWith('-')) ?? '.'
  const lines = Buffer.concat(shown).toString().split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.endsWith(':') && !line.startsWith('-')) folder = line.slice(0, -1)
    const found = /^([-dlbcps][-rwxsStT]{9}) +(\d+) user user +(\S+)( .{12}) (.+)$/.exec(line)
    if (!found) {
      await call.out(index === lines.length - 1 ? line : `${line}\n`)
      continue
    }
    const [, mode = '', links = '', size = '', date = '', name = ''] = found
    const plain = name.replace(/ -> .*$/, '').replace(/[*/@]$/, '')
    const base = files.resolvePath(cwd, folder)
    const node = system.disk.tree.find(files.resolvePath(base, plain), false) ?? system.disk.tree.find(base, false)
    const owner = system.userName(node?.uid ?? 0)
    const group = system.groupName(node?.gid ?? 0)
    await call.out(`${mode} ${links} ${owner.padEnd(9)} ${group.padEnd(9)} ${size.padStart(8)}${date} ${name}\n`)
  }
  return code
}

async function chown({ args, files, system, cwd, err, name }: Call): Promise<number> {
  const [spec = '', ...paths] = args.filter((arg) => !arg.startsWith('-'))
  const [owner = '', group] = spec.split(/[:.]/)
  const uid = owner === '' ? null : /^\d+$/.test(owner) ? Number(owner) : (system.user(owner)?.uid ?? null)
  if (owner !== '' && uid === null) {
    await err(`${name}: invalid user: '${spec}'\n`)
    return 1
  }
  const gid =
    group === undefined
      ? null
      : group === ''
        ? (system.users().find((one) => one.uid === uid)?.gid ?? null)
        : groupId(system, group)
  const isDeep = args.some((arg) => /^-\w*R|--recursive/.test(arg))
  let code = 0
  for (const path of paths) {
    try {
      await changeOwner(files, system, files.resolvePath(cwd, path), { uid, gid, isDeep })
    } catch (error) {
      await err(
        `${name}: changing ownership of '${path}': ${error instanceof GuestError && error.code === 'EACCES' ? 'Operation not permitted' : 'No such file or directory'}\n`,
      )
      code = 1
    }
  }
  return code
}

async function changeOwner(
  files: Call['files'],
  system: Call['system'],
  path: string,
  wanted: { uid: number | null; gid: number | null; isDeep: boolean },
): Promise<void> {
  const node = system.disk.tree.require(path)
  await files.chown(path, wanted.uid ?? node.uid, wanted.gid ?? node.gid)
  if (!wanted.isDeep || node.kind !== 'folder') return
  for (const { name, kind } of [...node.entries.values()])
    if (kind !== 'link') await changeOwner(files, system, `${path}/${name}`, wanted)
}

function groupId(system: Call['system'], name: string): number | null {
  if (/^\d+$/.test(name)) return Number(name)
  const line = (system.disk.readText('/etc/group') ?? '').split('\n').find((one) => one.startsWith(`${name}:`))
  return line === undefined ? null : Number(line.split(':')[2])
}

const pieceBytes = 64 * 1024
/** What an endless program gives into a pipe, whose reader stops early: just-bash hands a pipe over whole. */
const mostPipedBytes = 1024 ** 2

async function yes(call: Call): Promise<number> {
  const line = `${call.args.join(' ') || 'y'}\n`
  const piece = Buffer.from(line.repeat(Math.ceil(pieceBytes / line.length)))
  return pour(call, () => piece)
}

/** Whole numbers in pieces, however many; anything else is left to the interpreter. */
async function seq(call: Call): Promise<number> {
  const { args, out, signal } = call
  if (!args.every((arg) => /^-?\d+$/.test(arg)) || args.length === 0 || args.length > 3) return call.original(args)
  const [first = 1, second = 1, third] = args.map(Number)
  const [from, step, to] =
    args.length === 1 ? [1, 1, first] : third === undefined ? [first, 1, second] : [first, second, third]
  if (step === 0) return call.original(args)
  let piece = ''
  for (let number = from; step > 0 ? number <= to : number >= to; number += step) {
    piece += `${number}\n`
    if (piece.length < pieceBytes) continue
    await out(piece)
    piece = ''
    await new Promise((resolve) => setImmediate(resolve))
    if (signal.aborted) return 130
  }
  await out(piece)
  return 0
}

async function flood(call: Call): Promise<number> {
  const isRandom = call.args.some((arg) => arg.includes('random'))
  return pour(call, () => (isRandom ? randomFillSync(Buffer.alloc(pieceBytes)) : Buffer.alloc(pieceBytes)))
}

async function pour({ out, isLive, signal }: Call, next: () => Buffer): Promise<number> {
  let sent = 0
  while (!signal.aborted && (isLive || sent < mostPipedBytes)) {
    const piece = next()
    await out(piece)
    sent += piece.length
    await new Promise((resolve) => setImmediate(resolve))
  }
  return signal.aborted ? 130 : 0
}

async function headDevice({ args, out, err, signal }: Call): Promise<number> {
  const at = args.indexOf('-c')
  const text = at >= 0 ? args[at + 1] : args.find((arg) => /^-c./.test(arg))?.slice(2)
  const total = bytesOf(text ?? '')
  if (total === null) {
    await err('head: endless input: say how much of it with -c\n')
    return 1
  }
  const isRandom = args.some((arg) => arg.includes('random'))
  for (let sent = 0; sent < total && !signal.aborted; sent += pieceBytes) {
    const piece = Buffer.alloc(Math.min(pieceBytes, total - sent))
    await out(isRandom ? randomFillSync(piece) : piece)
  }
  return 0
}

/** `dd if= of= bs= count= seek=`: zeros become a hole, so that large files cost nothing on the user's own disk. */
async function dd({ args, files, cwd, stdin, out, err, signal }: Call): Promise<number> {
  const given = new Map(args.map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)]))
  const block = bytesOf(given.get('bs') ?? '512') ?? 512
  const count = given.has('count') ? Number(given.get('count')) : null
  const [from, to] = [given.get('if'), given.get('of')]
  let written = 0
  try {
    const source =
      from === undefined
        ? (stdin ?? Buffer.alloc(0))
        : /^\/dev\//.test(from)
          ? from
          : await files.readFileBuffer(files.resolvePath(cwd, from))
    const total =
      typeof source === 'string'
        ? block * (count ?? 0)
        : Math.min(source.length, count === null ? source.length : count * block)
    const target = to === undefined || to.startsWith('/dev/') ? null : files.resolvePath(cwd, to)
    if (target !== null && !given.get('conv')?.includes('notrunc')) await files.writeFile(target, Buffer.alloc(0))
    if (target !== null && typeof source === 'string' && !source.endsWith('random')) {
      files.assertWritable(target)
      files.disk.truncate(target, total)
      written = total
    }
    for (; written < total && !signal.aborted; written += Math.min(pieceBytes, total - written)) {
      const length = Math.min(pieceBytes, total - written)
      const piece =
        typeof source === 'string'
          ? source.endsWith('random')
            ? randomFillSync(Buffer.alloc(length))
            : Buffer.alloc(length)
          : source.subarray(written, written + length)
      if (target !== null) await files.appendFile(target, piece)
      else if (to === undefined) await out(piece)
    }
  } catch (error) {
    await err(
      `dd: ${error instanceof GuestError && error.code === 'ENOSPC' ? `error writing '${to}'` : `failed to open '${from ?? to}'`}: ${error instanceof GuestError && !error.message.startsWith('E') ? error.message : 'No such file or directory'}\n`,
    )
    return 1
  }
  const blocks = Math.floor(written / block)
  await err(
    `${blocks}+${written % block > 0 ? 1 : 0} records in\n${blocks}+${written % block > 0 ? 1 : 0} records out\n${written} bytes copied\n`,
  )
  return 0
}

async function mktemp({ args, files, out, cwd }: Call): Promise<number> {
  const template = args.find((arg) => !arg.startsWith('-') && arg.includes('XXX')) ?? '/tmp/tmp.XXXXXXXXXX'
  const letters = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  const name = template.replace(/X+$/, (run) =>
    [...randomFillSync(Buffer.alloc(run.length))].map((byte) => letters[byte % letters.length]).join(''),
  )
  const path = files.resolvePath(cwd, name)
  if (args.some((arg) => /^-\w*d/.test(arg))) {
    await files.mkdir(path)
    await files.chmod(path, 0o700)
  } else {
    await files.writeFile(path, Buffer.alloc(0))
    await files.chmod(path, 0o600)
  }
  await out(`${name}\n`)
  return 0
}

async function truncate(call: Call): Promise<number> {
  return resize(call, '-s')
}

async function fallocate(call: Call): Promise<number> {
  return resize(call, '-l')
}

async function resize({ args, files, cwd, err, name }: Call, option: string): Promise<number> {
  const at = args.indexOf(option)
  const size = bytesOf((at >= 0 ? args[at + 1] : args.find((arg) => arg.startsWith(option))?.slice(2)) ?? '')
  const file = args.filter((arg, index) => !arg.startsWith('-') && index !== at + 1).at(-1)
  if (size === null || file === undefined) {
    await err(`${name}: no length argument specified\n`)
    return 1
  }
  try {
    const path = files.resolvePath(cwd, file)
    files.assertWritable(path)
    files.open(path, { write: true, make: true, exclusive: false })
    files.disk.truncate(path, size)
    return 0
  } catch (error) {
    await err(`${name}: ${name} failed: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

/** `install [-d] [-m mode] [-o owner] [-D] source target`. */
async function install(call: Call): Promise<number> {
  const { args, files, cwd, run, err } = call
  const modeAt = args.indexOf('-m')
  const ownerAt = args.findIndex((arg) => arg === '-o' || arg === '-g')
  const names = args.filter(
    (arg, at) => !arg.startsWith('-') && at !== modeAt + 1 && !(at > 0 && /^-[mogt]$/.test(args[at - 1] ?? '')),
  )
  const mode = modeAt >= 0 ? parseInt(args[modeAt + 1] ?? '755', 8) : 0o755
  const wantsFolder = args.some((arg) => /^-\w*d/.test(arg))
  try {
    if (wantsFolder) {
      for (const one of names) {
        await files.mkdir(files.resolvePath(cwd, one), { recursive: true })
        await files.chmod(files.resolvePath(cwd, one), mode)
      }
    } else {
      const target = files.resolvePath(cwd, names.at(-1) ?? '')
      for (const one of names.slice(0, -1)) {
        const isFolder = await files.stat(target).then(
          (stat) => stat.isDirectory,
          () => false,
        )
        const place = isFolder ? `${target}/${one.slice(one.lastIndexOf('/') + 1)}` : target
        if (args.some((arg) => /^-\w*D/.test(arg)))
          await files.mkdir(place.slice(0, place.lastIndexOf('/')) || '/', { recursive: true })
        await files.writeFile(place, await files.readFileBuffer(files.resolvePath(cwd, one)))
        await files.chmod(place, mode)
      }
    }
  } catch (error) {
    await err(`install: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
  const owner = ownerAt >= 0 ? args[ownerAt + 1] : undefined
  return owner === undefined ? 0 : run(`chown ${owner} ${names.at(-1) ?? ''}`)
}

/** 10, 4k, 1M, 2G, 1MB; null for anything else. */
function bytesOf(text: string): number | null {
  const found = /^(\d+)([kKMGT]?)(i?B)?$/.exec(text)
  if (!found) return null
  const power = ' KMGT'.indexOf((found[2] ?? '').toUpperCase() || ' ')
  return Number(found[1]) * (found[3] === 'B' ? 1000 : 1024) ** power
}
