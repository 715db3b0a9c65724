import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { findProgram } from '../setup/commands.mjs'

const sdk = fileURLToPath(new URL('sdk-upload.mjs', import.meta.url))

/**
 * Who uploads, by name: each a function of `{ disk, url, caFile, folder }` (folder: empty, for its own files) that returns
 * `{ command, args, env }`. `studio` = folder of the built app.
 */
export function uploadClients({ studio, electron, azcopy, env }) {
  const cli = join(studio, 'out', 'main', 'cli.cjs')
  const trusting = (caFile, more = {}) => ({
    ...env,
    ...(caFile && { NODE_EXTRA_CA_CERTS: caFile, SSL_CERT_FILE: caFile }),
    ...more,
  })
  const ours =
    (checksum, { program = process.execPath, connections = 8 } = {}) =>
    ({ disk, url, caFile, folder }) => ({
      command: program,
      args: [
        ...[cli, 'upload', disk, 'env:TARGET', '--checksum', checksum, '--connections', String(connections)],
        ...['--state', folder, '--json'],
      ],
      env: trusting(caFile, { TARGET: url, ELECTRON_RUN_AS_NODE: '1' }),
    })
  const azcopyWith =
    (flags, settings = {}) =>
    ({ disk, url, caFile, folder }) => ({
      command: azcopy,
      args: ['copy', disk, url, '--from-to', 'LocalBlob', '--blob-type', 'PageBlob', ...flags],
      env: trusting(caFile, { AZCOPY_LOG_LOCATION: folder, AZCOPY_JOB_PLAN_LOCATION: folder, ...settings }),
    })
  const library =
    (kind) =>
    ({ disk, url, caFile }) => ({
      command: process.execPath,
      args: [sdk, kind, disk],
      env: trusting(caFile, { TARGET: url }),
    })
  return {
    ours: ours('none'),
    'ours md5': ours('md5'),
    'ours crc64': ours('crc64'),
    'ours, 4 connections': ours('none', { connections: 4 }),
    'ours in Electron': ours('none', { program: electron }),
    'ours crc64 in Electron': ours('crc64', { program: electron }),
    azcopy: azcopyWith([]),
    'azcopy nopace': azcopyWith([], { AZCOPY_PACE_PAGE_BLOBS: 'false' }),
    'azcopy put-md5': azcopyWith(['--put-md5']),
    'sdk page': library('page'),
    'sdk block': library('block'),
    ...(findProgram('curl') && { curl }),
  }
}

/** The floor: read a file, write a socket. */
function curl({ disk, url, caFile }) {
  const trust = caFile ? ['--cacert', caFile] : []
  const args = ['--silent', '--show-error', '--fail', ...trust, '-H', 'x-ms-blob-type: BlockBlob', '-H', 'Expect:']
  return { command: 'curl', args: [...args, '-T', disk, url], env: process.env }
}
