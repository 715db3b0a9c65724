import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { say, sentence, Stop } from '../setup/say.mjs'
import { ensureAzcopy } from './azcopy.mjs'
import { uploadClients } from './clients.mjs'
import { converted, countsOf, randomDisk } from './images.mjs'
import { bundledReader, sinkParts, testParts } from './parts.mjs'
import { createReaders } from './readers.mjs'
import { createResumes } from './resume.mjs'
import { createUploads } from './upload.mjs'

const mebibyte = 2 ** 20

/** Uploads, resumes and readers, those of them that were asked for. They look into /proc and so run on Linux only. */
export async function diskParts({ program, env, studio, folder, isQuick }, parts) {
  const wanted = parts.filter((part) => ['upload', 'resume', 'readers'].includes(part))
  if (wanted.length === 0) return {}
  if (process.platform !== 'linux') throw new Stop(`Only on Linux: ${wanted.join(', ')}. Name other parts.`)
  const size = isQuick
    ? { random: 256, slow: 32, sparse: 1024, system: 120 }
    : { random: 2048, slow: 256, sparse: 8192, system: 768 }
  const { systemDisk } = await testParts(folder)
  say('Preparing the disks ...')
  const sparse = await systemDisk({ sizeMiB: size.sparse, systemMiB: size.system })
  const given = { studio, electron: program, env, folder, size, sparse, azcopy: await azcopyIfThere() }
  return {
    ...(wanted.includes('upload') && { upload: await uploads(given) }),
    ...(wanted.includes('resume') && { resume: await resumes(given) }),
    ...(wanted.includes('readers') && { readers: await readers(given) }),
  }
}

async function uploads({ studio, electron, env, folder, size, sparse, azcopy }) {
  const disks = {
    random: await randomDisk(size.random),
    slow: await randomDisk(size.slow),
    tiny: await randomDisk(20),
    sparse,
    dynamic: await converted(sparse, `system-${size.sparse}-dynamic.vhd`, [
      '-O',
      'vpc',
      '-o',
      'subformat=dynamic,force_size',
    ]),
    vhdx: await converted(sparse, `system-${size.sparse}-disk.vhdx`, ['-O', 'vhdx', '-o', 'subformat=dynamic']),
  }
  const lengths = {
    random: size.random * mebibyte,
    tls: size.random * mebibyte,
    slow: size.slow * mebibyte,
    start: 20 * mebibyte,
    sparse: size.sparse * mebibyte,
  }
  const counts = { lengths, sparse: await countsOf(sparse) }
  const clients = clientsThere({ studio, electron, azcopy, env })
  return createUploads({ disks, counts, clients, folder, ...(await sinkParts(folder)) })
}

async function resumes({ studio, electron, env, folder, size, azcopy }) {
  const clients = clientsThere({ studio, electron, azcopy, env })
  const disk = await randomDisk(size.random)
  return createResumes({ disk, clients, azcopy, folder, ...(await sinkParts(folder)) })
}

async function readers({ studio, env, folder, size, sparse }) {
  mkdirSync(join(folder, 'hostile'))
  const { dataBytes } = await countsOf(sparse)
  const disk = (name, ...options) => converted(sparse, `system-${size.sparse}-${name}`, options)
  const images = {
    raw: await disk('disk.raw', '-O', 'raw'),
    'dynamic VHD': await disk('dynamic.vhd', '-O', 'vpc', '-o', 'subformat=dynamic,force_size'),
    VHDX: await disk('disk.vhdx', '-O', 'vhdx', '-o', 'subformat=dynamic'),
    qcow2: await disk('disk.qcow2', '-O', 'qcow2'),
    'qcow2, zlib': await disk('zlib.qcow2', '-c', '-O', 'qcow2'),
    'qcow2, zstd': await disk('zstd.qcow2', '-c', '-O', 'qcow2', '-o', 'compression_type=zstd'),
    VMDK: await disk('disk.vmdk', '-O', 'vmdk'),
    'VMDK, stream-optimized': await disk('stream.vmdk', '-O', 'vmdk', '-o', 'subformat=streamOptimized'),
    VDI: await disk('disk.vdi', '-O', 'vdi'),
  }
  return createReaders({ studio, images, dataBytes, large: sparse, reader: await bundledReader(folder), folder, env })
}

/** Without AzCopy the rest is still worth measuring. */
async function azcopyIfThere() {
  try {
    return await ensureAzcopy()
  } catch (error) {
    say(`Without AzCopy: ${sentence(error)}`)
    return null
  }
}

function clientsThere(given) {
  const all = uploadClients(given)
  return Object.fromEntries(Object.entries(all).filter(([name]) => given.azcopy || !name.startsWith('azcopy')))
}
