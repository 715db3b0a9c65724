import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { isIP } from 'node:net'
import buildRdpFile from 'node-rdp/lib/rdp-file'
import type { RdpPlace } from './secure'

/**
 * Text of a connection file for the system's own client: address, user name, how to be careful; never a password. What would be
 * unsafe as node-rdp writes it (no user name, no authentication, the computer's smart cards and printers in reach of the server) is replaced.
 * Lines of Microsoft's "Supported RDP properties".
 */
export async function clientFile({ host, port, user }: RdpPlace & { user: string }): Promise<string> {
  const own = new Map([
    ['full address:s', `${isIP(host) === 6 ? `[${oneLine(host)}]` : oneLine(host)}:${port}`],
    ['username:s', oneLine(user)],
    ['prompt for credentials:i', '1'],
    // Warns where the server's certificate cannot be verified, and lets the person decide.
    ['authentication level:i', '2'],
    ['enablecredsspsupport:i', '1'],
    ['redirectsmartcards:i', '0'],
    ['redirectprinters:i', '0'],
    ['redirectcomports:i', '0'],
    ['drivestoredirect:s', ''],
    ['devicestoredirect:s', ''],
    ['screen mode id:i', '1'],
    ['smart sizing:i', '1'],
  ])
  const written = (await writtenByNodeRdp()).filter(
    (line) => ![...own.keys()].some((key) => line.startsWith(`${key}:`)),
  )
  return [...[...own].map(([key, value]) => `${key}:${value}`), ...written, ''].join('\r\n')
}

/** The writer names its file after the address, in a folder that all can read: nothing of the person's goes through it. */
async function writtenByNodeRdp(): Promise<string[]> {
  const file = await buildRdpFile({ address: randomUUID(), fullscreen: false, enableSmartCards: false })
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/).filter((line) => line !== '')
  } finally {
    await rm(file, { force: true })
  }
}

/** Another line would be another setting. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, '')
}
