import { AppError } from '../../../shared/errors'

/** The first packet each way (MS-RDPBCGR 2.2.1.1 and 2.2.1.2): a TPKT header of four bytes, X.224, then what security is spoken of. */
const headerBytes = 4
const negotiationBytes = 8
const negotiation = { request: 1, response: 2, failure: 3 } as const
const protocols = { tls: 1, credSsp: 2, credSspEx: 8 } as const
/** Nothing a server says here is longer; what begins otherwise is another service. */
const largestPacket = 1024

/**
 * A connection request that asks for the security that the client's own asks for, TLS at least, and nothing else: the client's
 * carries the user name in clear text, which the server must not learn before its certificate is known.
 */
export function connectionRequest(ofClient: Buffer): Buffer {
  const asked = ofClient.subarray(-negotiationBytes)
  const isNegotiation = ofClient.length >= 11 + negotiationBytes && asked[0] === negotiation.request && asked[2] === 8
  if (!isNegotiation) throw new AppError('contract.refused', { name: 'X.224' })
  const wanted = asked.readUInt32LE(4) & (protocols.tls | protocols.credSsp | protocols.credSspEx)
  const packet = Buffer.from('030000130ee00000000000' + '0100080000000000', 'hex')
  packet.writeUInt32LE(wanted | protocols.tls, 15)
  return packet
}

/** Size of the packet at the start of `bytes`, null while its header is not whole. Throws `desktop.not-rdp` for what is no TPKT (RFC 1006). */
export function packetSize(bytes: Buffer, place: { host: string; port: number }): number | null {
  const said = {
    message: `The server said: ${bytes
      .subarray(0, 40)
      .toString('latin1')
      .replace(/[^ -~]/g, '.')}`,
  }
  if (bytes.length > 0 && bytes[0] !== 3) throw new AppError('desktop.not-rdp', place, said)
  if (bytes.length < headerBytes) return null
  const size = bytes.readUInt16BE(2)
  if (size < headerBytes + 7 || size > largestPacket) throw new AppError('desktop.not-rdp', place, said)
  return size
}

export type Confirm = { is: 'accepted'; credSsp: boolean } | { is: 'refused'; code: number }

/** What a connection confirm says about security. Throws `desktop.not-rdp`, and `desktop.old-security` where it would be RDP's own. */
export function readConfirm(packet: Buffer, place: { host: string; port: number }): Confirm {
  if ((packet[5]! & 0xf0) !== 0xd0) throw new AppError('desktop.not-rdp', place)
  // A server from before the negotiation leaves it out.
  if (packet.length < 11 + negotiationBytes) throw new AppError('desktop.old-security', place)
  const value = packet.readUInt32LE(15)
  if (packet[11] === negotiation.failure) return { is: 'refused', code: value }
  if (packet[11] !== negotiation.response) throw new AppError('desktop.not-rdp', place)
  if (value === 0) throw new AppError('desktop.old-security', place)
  return { is: 'accepted', credSsp: value !== protocols.tls }
}

/** Why a server refuses (MS-RDPBCGR 2.2.1.2.2). */
export function refusalError(code: number, place: { host: string; port: number }): AppError {
  const details = { serviceCode: `RDP_NEG_FAILURE ${code}` }
  if (code === 5) return new AppError('desktop.nla-required', place, details)
  if (code === 2) return new AppError('desktop.old-security', place, details)
  if (code === 3) return new AppError('desktop.no-certificate', place, details)
  return new AppError('desktop.refused', { ...place, code }, details)
}
