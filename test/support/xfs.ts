import { execFile } from 'node:child_process'
import { readdir, readlink, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { mebibyte, sparseFile } from './disks'

const run = promisify(execFile)
const toolPath = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`
/** mkfs.xfs refuses volumes below 300 MiB, except where the tests of XFS itself run. */
const environment = { ...process.env, PATH: toolPath, TEST_DIR: '/x', TEST_DEV: '/x', QA_CHECK_FS: '1' }

/** An XFS volume with the files of a folder, made without mounting it. `options` as of mkfs.xfs. */
export async function makeXfs(tree: string, file: string, sizeMiB: number, options: string[] = []): Promise<string> {
  await sparseFile(file, sizeMiB * mebibyte)
  await writeFile(`${file}.proto`, ['/dev/null', '0 0', 'd--755 0 0', ...(await protoOf(tree)), '$', ''].join('\n'))
  await run('mkfs.xfs', ['-q', '-f', '-p', `${file}.proto`, ...options, file], { env: environment })
  await rm(`${file}.proto`)
  return file
}

/** `xfs_db -r -c COMMAND... FILE`, its output. */
export async function xfsDebug(file: string, ...commands: string[]): Promise<string> {
  const given = commands.flatMap((command) => ['-c', command])
  return (await run('xfs_db', ['-r', ...given, file], { env: environment })).stdout
}

/** Whether xfs_logprint finds the log clean. */
export async function isLogCleanBy(file: string): Promise<boolean> {
  const { stdout } = await run('xfs_logprint', ['-t', file], { env: environment, maxBuffer: 2 ** 26 })
  return stdout.includes('<CLEAN>')
}

/** The description of a tree that mkfs.xfs reads; names must not hold spaces. */
async function protoOf(folder: string): Promise<string[]> {
  const lines: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    if (entry.isDirectory()) lines.push(`${entry.name} d--755 0 0`, ...(await protoOf(file)), '$')
    else if (entry.isSymbolicLink()) lines.push(`${entry.name} l--777 0 0 ${await readlink(file)}`)
    else lines.push(`${entry.name} ---644 0 0 ${file}`)
  }
  return lines
}
