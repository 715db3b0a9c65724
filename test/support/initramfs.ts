import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { writeTree, type TreeFiles } from './disks'

const run = promisify(execFile)

/** How a kernel's initramfs can be packed, and what does it. */
export const packers = {
  none: ['cat'],
  gzip: ['gzip', '-c'],
  zstd: ['zstd', '-q', '-c'],
  xz: ['xz', '--check=crc32', '-c'],
  lzma: ['xz', '--format=lzma', '-c'],
  bzip2: ['bzip2', '-c'],
  // The old form is the only one that Linux unpacks.
  lz4: ['lz4', '-l', '-c'],
} as const

export type Packer = keyof typeof packers

/** An initramfs with the given files, made by cpio and a packer; with `early`, plain archives stand before it as microcode does. */
export async function initramfs(
  folder: string,
  files: TreeFiles,
  options: { packer?: Packer; early?: TreeFiles[] } = {},
): Promise<Buffer> {
  const [program, ...args] = packers[options.packer ?? 'gzip']
  const plain = path.join(await mkdtemp(path.join(folder, 'cpio-')), 'main.cpio')
  await writeFile(plain, await cpio(folder, files))
  const packed = await run(program, [...args, plain], { encoding: 'buffer', maxBuffer: 256 * 1024 * 1024 })
  const early = await Promise.all((options.early ?? []).map((one) => cpio(folder, one)))
  return Buffer.concat([...early, packed.stdout])
}

async function cpio(folder: string, files: TreeFiles): Promise<Buffer> {
  const tree = await mkdtemp(path.join(folder, 'tree-'))
  await writeTree(tree, files)
  const list = await run('find', ['.', '-mindepth', '1', '-printf', '%P\\n'], { cwd: tree })
  const names = path.join(tree, '..', `${path.basename(tree)}.names`)
  await writeFile(names, list.stdout)
  await run('sh', ['-c', `cpio --quiet -o -H newc < '${names}' > '${names}.cpio'`], { cwd: tree })
  return readFile(`${names}.cpio`)
}
