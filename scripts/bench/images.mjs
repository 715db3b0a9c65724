import { randomFillSync } from 'node:crypto'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '../setup/commands.mjs'
import { say, Stop } from '../setup/say.mjs'

const mebibyte = 2 ** 20
const folder = join(tmpdir(), 'batch-image-studio-bench-disks')

/** A fixed VHD full of random bytes: nothing in it can be left out. Made once and kept. */
export async function randomDisk(sizeMiB) {
  return made(`random-${sizeMiB}.vhd`, async (file) => {
    await qemuImg('create', '-q', '-f', 'vpc', '-o', 'subformat=fixed,force_size', file, `${sizeMiB}M`)
    const part = Buffer.alloc(Math.min(4, sizeMiB) * mebibyte)
    const handle = openSync(file, 'r+')
    for (let at = 0; at < sizeMiB * mebibyte; at += part.length)
      writeSync(handle, randomFillSync(part), 0, part.length, at)
    closeSync(handle)
  })
}

/** The same disk in another format, as qemu-img writes it. `options` as for `qemu-img convert`. */
export async function converted(disk, name, options) {
  return made(name, (file) => qemuImg('convert', '-f', 'vpc', ...options, disk, file))
}

/** Bytes of a fixed VHD in 4 KiB blocks that hold anything but zeros, and all its data: `{ nonZeroBytes, dataBytes }`. */
export async function countsOf(disk) {
  const file = await made(`${disk.replaceAll(/\W+/g, '-')}.json`, (name) => {
    writeFileSync(name, JSON.stringify(scan(disk)))
  })
  return JSON.parse(readFileSync(file, 'utf8'))
}

async function qemuImg(...args) {
  const { code, output } = await runCommand('qemu-img', args)
  if (code !== 0) throw new Stop(`qemu-img ${args.join(' ')} ended with code ${code}:\n${output}`)
  return output
}

async function made(name, make) {
  const file = join(folder, name)
  if (existsSync(file)) return file
  say(`Making ${name} ...`)
  mkdirSync(folder, { recursive: true })
  const half = join(folder, `${process.pid}-${name}`)
  await make(half)
  renameSync(half, file)
  return file
}

function scan(disk) {
  const block = 4096
  const zeros = Buffer.alloc(block)
  const part = Buffer.alloc(4 * mebibyte)
  const handle = openSync(disk, 'r')
  let nonZeroBytes = 0
  // Without the footer.
  const dataBytes = statSync(disk).size - 512
  for (let at = 0; at < dataBytes; at += part.length) {
    const got = readSync(handle, part, 0, Math.min(part.length, dataBytes - at), at)
    for (let from = 0; from < got; from += block) {
      if (part.compare(zeros, 0, block, from, from + block) !== 0) nonZeroBytes += block
    }
  }
  closeSync(handle)
  return { nonZeroBytes, dataBytes }
}
