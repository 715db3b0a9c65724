import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { mebibyte, sparseFile, writeTree } from './disks'

const run = promisify(execFile)
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C' }

/** An NTFS volume in a file, with the given files in it: made by mkntfs and filled by wimlib. */
export async function ntfsVolume(
  folder: string,
  files: Record<string, string | Uint8Array>,
  options: { sizeMiB?: number } = {},
): Promise<string> {
  const tree = await mkdtemp(path.join(folder, 'ntfs-'))
  await writeTree(tree, files)
  return ntfsOf(tree, `${tree}.img`, options.sizeMiB ?? 16)
}

/** The same with the files of a folder. */
export async function ntfsOf(tree: string, volume: string, sizeMiB: number): Promise<string> {
  await sparseFile(volume, sizeMiB * mebibyte)
  await run('mkntfs', ['-Q', '-F', '-q', '-s', '512', '-p', '2048', '-H', '255', '-S', '63', volume], {
    env: environment,
  })
  // Without a list of its own wimlib leaves out hiberfil.sys and the like.
  const everything = ['--compress=none', '--no-acls', '--config=/dev/null']
  await run('wimlib-imagex', ['capture', tree, `${volume}.wim`, ...everything], { env: environment })
  await run('wimlib-imagex', ['apply', `${volume}.wim`, '1', volume], { env: environment })
  await rm(`${volume}.wim`)
  return volume
}
